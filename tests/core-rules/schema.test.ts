// The schema fence: what major a document was written under, and who is told.
import { describe, expect, test } from 'vitest'
import { createBed, only, otherOutbox, pushOf, subscribeTo, type Bed } from './bed'

/** A relay whose app writes the second major. */
const bedOfTwo = (): Bed => createBed({ schemaMajor: 2 })

describe('a document', () => {
  test('[SC1] rises with the first push of a higher major, and never falls', async () => {
    const bed = bedOfTwo()
    const { owner, content } = await bed.share()
    await owner.say(pushOf(content, 1))
    expect(only('schema-raised', await owner.say(subscribeTo(content)))).toEqual([])
    const raising = await owner.say(pushOf(content, 2, { schemaMajor: 2 }))
    expect(raising.map(({ type }) => type)).toEqual(['schema-raised', 'ack'])
    const told = { type: 'schema-raised', document: content.document, major: 2 }
    expect(only('schema-raised', await owner.say(pushOf(content, 3)))).toEqual([])
    expect(only('schema-raised', await owner.say(subscribeTo(content)))).toEqual([told])
  })

  test('[SC1] rises to no major that the relay’s own app does not know', async () => {
    const bed = bedOfTwo()
    const { owner, content } = await bed.share()
    const answers = await owner.say(pushOf(content, 1, { schemaMajor: 2 ** 40 }))
    expect(only('schema-raised', answers)).toMatchObject([{ major: 2 }])
    const { owner: other, content: old } = await createBed({ schemaMajor: 1 }).share()
    expect(only('schema-raised', await other.say(pushOf(old, 1, { schemaMajor: 9 })))).toEqual([])
  })

  test('[SC1] is not raised by one who may not write it', async () => {
    const bed = bedOfTwo()
    const { owner, content } = await bed.share()
    const guest = await bed.connect(bed.person())
    const refused = await guest.say(pushOf(content, 1, { schemaMajor: 2, outbox: otherOutbox }))
    expect(refused.map(({ type }) => type)).toEqual(['refused'])
    expect(only('schema-raised', await owner.say(subscribeTo(content)))).toEqual([])
  })

  test('[SC1] is raised by what comes over HTTP', async () => {
    const bed = bedOfTwo()
    const { owner, content } = await bed.share()
    await bed.relay.bulk(owner.person, [pushOf(content, 1, { schemaMajor: 2 })])
    expect(only('schema-raised', await owner.hear())).toMatchObject([{ major: 2 }])
  })

  test('[SC2] that rises is told of to everybody who has it open, and to who opens it later', async () => {
    const bed = bedOfTwo()
    const { owner, content } = await bed.share()
    const guest = await bed.connect(bed.person())
    await bed.relay.sharing.grant(owner.person, content.document, guest.person, 'viewer', '')
    await guest.say(subscribeTo(content))
    await owner.say(pushOf(content, 1, { schemaMajor: 2 }))
    expect(only('schema-raised', await guest.hear())).toMatchObject([{ major: 2 }])
    const later = await bed.connect(guest.person)
    const answers = await later.say(subscribeTo(content))
    expect(answers.map(({ type }) => type)).toContain('schema-raised')
  })

  test('[SC3] takes what was written under a lower major', async () => {
    const bed = bedOfTwo()
    const { owner, content } = await bed.share()
    await owner.say(pushOf(content, 1, { schemaMajor: 2 }))
    const answers = await owner.say(pushOf(content, 1, { outbox: otherOutbox, schemaMajor: 1 }))
    expect(only('ack', answers)).toHaveLength(1)
  })
})
