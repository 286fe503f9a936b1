/* How two regions keep one log in replicas of one table: entries, checkpoints, manifests and acknowledgements replicate one by
   one, in any order, late, and never get lost. Each region folds what it can read, and takes out what it folded only when both
   have said that they hold it. Not explored to the end: 193 million states with two versions each, 44 million with two and one,
   and none breaks a promise. To run it:

     spin -a docs/replication.pml && gcc -O2 -DSAFETY -o pan pan.c && ./pan -m100000

   With one of these each run must fail (spin -a -DNAME ...):
     BUG_NO_ACKS    takes out without waiting for what the other holds
     BUG_DROP_REF   takes out the checkpoint before as soon as there is a new one
     BUG_RANGE      takes out all that is there, and not what was folded
     BUG_SHARED     one manifest and one checkpoint for both: the later writer wins */

#define regions 2
#define entries 2
#define versions 2            /* checkpoints that region 0 makes */
#ifndef others
#define others 1              /* and region 1; -Dothers=2 takes more memory than 9 GB */
#endif

/* Versions of both owners as bits: 0 and 1 of region 0, 2 and 3 of region 1. Version 0 is none; the first is 1. */
#ifdef BUG_SHARED
#define owned(o) 0
#else
#define owned(o) (o)
#endif
#define bit(o, v) (1 << (owned(o) * versions + (v) - 1))
#define has(r, o, v) ((v) > 0 && (chunks[r] & bit(o, v)))

byte item[regions];              /* entries that stand in a replica */
byte gone[regions];              /* entries of which it knows that they were taken out */
byte chunks[regions];            /* checkpoints whose chunks stand in a replica */
byte puts[regions];              /* on the way to a replica */
byte removals[regions];
byte chunkPuts[regions];
byte chunkRemovals[regions];
byte content[4];                 /* what a version holds, by its bit's number */
byte folded[4];                  /* entries whose rows were read for it */
byte low[4];                     /* manifest of an owner as a region has it: low[r * 2 + o] is the base, */
byte high[4];                    /* high[r * 2 + o] the newest version it names */
byte ack[4];                     /* ack[r * 2 + o]: version of o that r says it holds */
byte heard[4];                   /* heard[o * 2 + r]: what o knows of that */
byte written = 0, acked = 0;
bool folding[regions];

hidden byte before, which, lowest;

#define at(o, v) (owned(o) * versions + (v) - 1)
#define inOf(r, o, v) (has(r, o, v) && low[r * 2 + owned(o)] <= (v) && (v) <= high[r * 2 + owned(o)] -> content[at(o, v)] : 0)
#define readable(r) (item[r] | inOf(r, 0, 1) | inOf(r, 0, 2) | inOf(r, 1, 1) | inOf(r, 1, 2))
#define other(r) (1 - (r))
#define keeps(r) assert((readable(r) & before) == before)

/* A person writes: durable here, then acknowledged, then on its way. */
inline write(r) {
  item[r] = item[r] | (1 << written);
  puts[other(r)] = puts[other(r)] | (1 << written);
  acked = acked | (1 << written);
  written++
}

/* A row that was taken out may come again: its writer repeats it, or its clock is ahead. */
inline arrive(r, e) {
  puts[r] = puts[r] & ~(1 << e);
  if
  :: item[r] = item[r] | (1 << e)
  :: (gone[r] & (1 << e)) -> skip
  fi
}

/* Chunks first, and only then the manifest that names them; a function may die between. */
inline foldChunks(o) {
  which = high[o * 2 + owned(o)] + 1;
  content[at(o, which)] = readable(o);
  folded[at(o, which)] = item[o];
  chunks[o] = chunks[o] | bit(o, which);
  chunkPuts[other(o)] = chunkPuts[other(o)] | bit(o, which);
  folding[o] = true
}

inline foldManifest(o) {
  folding[o] = false;
  if
  :: high[o * 2 + owned(o)] = high[o * 2 + owned(o)] + 1;
#ifdef BUG_DROP_REF
     if
     :: high[o * 2 + owned(o)] == 2 -> chunks[o] = chunks[o] & ~bit(o, 1); chunkRemovals[other(o)] = chunkRemovals[other(o)] | bit(o, 1)
     :: else
     fi
#endif
  :: skip
  fi
}

inline sayHeld(r, o) { ack[r * 2 + o] = high[r * 2 + o] }

inline reap(o) {
#ifdef BUG_NO_ACKS
  lowest = high[o * 2 + owned(o)];
#else
  lowest = (heard[o * 2] < heard[o * 2 + 1] -> heard[o * 2] : heard[o * 2 + 1]);
#endif
  before = readable(o);
  low[o * 2 + owned(o)] = lowest;
  which = folded[at(o, lowest)] | (lowest == 2 -> folded[at(o, 1)] : 0);
#ifdef BUG_RANGE
  which = item[o];
#endif
  item[o] = item[o] & ~which;
  gone[o] = gone[o] | which;
  removals[other(o)] = removals[other(o)] | which;
  if
  :: lowest == 2 && (chunks[o] & bit(o, 1)) ->
     chunks[o] = chunks[o] & ~bit(o, 1);
     chunkRemovals[other(o)] = chunkRemovals[other(o)] | bit(o, 1)
  :: else
  fi;
  keeps(o)
}

inline takeOut(r) {
  before = readable(r);
  item[r] = item[r] & ~removals[r];
  gone[r] = gone[r] | removals[r];
  puts[r] = puts[r] & ~removals[r];
  removals[r] = 0;
  keeps(r)
}

inline takeOutChunk(r) {
  before = readable(r);
  chunks[r] = chunks[r] & ~chunkRemovals[r];
  chunkPuts[r] = chunkPuts[r] & ~chunkRemovals[r];
  chunkRemovals[r] = 0;
  keeps(r)
}

#define canReap(o) (low[o * 2 + owned(o)] < high[o * 2 + owned(o)] && mayReap(o))
#ifdef BUG_NO_ACKS
#define mayReap(o) (1)
#else
#define mayReap(o) (heard[o * 2] > low[o * 2 + owned(o)] && heard[o * 2 + 1] > low[o * 2 + owned(o)])
#endif

active proctype world() {
  byte r, o;
  do
  :: written < entries -> atomic { select(r : 0 .. 1); write(r) }
  :: puts[0] & 1 -> atomic { arrive(0, 0) }
  :: puts[0] & 2 -> atomic { arrive(0, 1) }
  :: puts[1] & 1 -> atomic { arrive(1, 0) }
  :: puts[1] & 2 -> atomic { arrive(1, 1) }
  :: !folding[0] && high[owned(0)] < versions && item[0] -> atomic { foldChunks(0) }
  :: !folding[1] && high[2 + owned(1)] < others && item[1] -> atomic { foldChunks(1) }
  :: folding[0] -> atomic { foldManifest(0) }
  :: folding[1] -> atomic { foldManifest(1) }
  :: chunkPuts[0] -> atomic { chunks[0] = chunks[0] | chunkPuts[0]; chunkPuts[0] = 0 }
  :: chunkPuts[1] -> atomic { chunks[1] = chunks[1] | chunkPuts[1]; chunkPuts[1] = 0 }
  /* The other's manifest as it stands now: what it was in between may never be seen. */
#ifdef BUG_SHARED
  :: high[0] != high[2] -> atomic { high[0] = high[2]; low[0] = low[2] }
  :: high[0] != high[2] -> atomic { high[2] = high[0]; low[2] = low[0] }
#else
  :: low[1] != low[3] || high[1] != high[3] -> atomic { before = readable(0); low[1] = low[3]; high[1] = high[3]; keeps(0) }
  :: low[2] != low[0] || high[2] != high[0] -> atomic { before = readable(1); low[2] = low[0]; high[2] = high[0]; keeps(1) }
#endif
  :: atomic { select(r : 0 .. 1); select(o : 0 .. 1); if :: has(r, o, high[r * 2 + o]) && ack[r * 2 + o] != high[r * 2 + o] -> sayHeld(r, o) :: else fi }
  :: heard[0] != ack[0] -> heard[0] = ack[0]
  :: heard[1] != ack[2] -> heard[1] = ack[2]
  :: heard[2] != ack[1] -> heard[2] = ack[1]
  :: heard[3] != ack[3] -> heard[3] = ack[3]
  :: canReap(0) -> atomic { reap(0) }
  :: canReap(1) -> atomic { reap(1) }
  :: removals[0] -> atomic { takeOut(0) }
  :: removals[1] -> atomic { takeOut(1) }
  :: chunkRemovals[0] -> atomic { takeOutChunk(0) }
  :: chunkRemovals[1] -> atomic { takeOutChunk(1) }
  :: written == entries && !puts[0] && !puts[1] && !removals[0] && !removals[1] && !folding[0] && !folding[1] && !chunkPuts[0] && !chunkPuts[1] && !chunkRemovals[0] && !chunkRemovals[1] -> break
  od;
  /* At rest: all that was acknowledged can be read in both. */
  assert((readable(0) & acked) == acked && (readable(1) & acked) == acked)
}

/* Always: all that was acknowledged can be read somewhere. */
active proctype somewhere() { assert(((readable(0) | readable(1)) & acked) == acked) }
