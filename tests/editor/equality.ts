// What must hold of several writers' documents once everything has been delivered.
import { expect } from 'vitest'
import { yXmlFragmentToProseMirrorRootNode } from 'y-prosemirror'
import { schema } from '../../app/editor/schema'
import type { Writer } from './test-bed'

/** Equal shared types, and views that show just what is in them, and that the schema allows. */
export function expectEqual(...writers: readonly Writer[]): void {
  const [first] = writers
  for (const each of writers) {
    expect(each.body.toString()).toBe(first?.body.toString())
    const { doc } = each.editor.view.state
    expect(() => doc.check()).not.toThrow()
    expect(doc.toString()).toBe(yXmlFragmentToProseMirrorRootNode(each.body, schema).toString())
    expect(each.mended).toEqual([])
  }
}
