// What must hold of several writers' documents once everything has been delivered.
import { expect } from 'vitest'
import { renderBody } from '../../app/editor/render'
import type { Writer } from './test-bed'

/** Equal shared types, and views that show just what is in them, and that the schema allows. */
export function expectEqual(...writers: readonly Writer[]): void {
  const [first] = writers
  for (const each of writers) {
    expect(each.body.toString()).toBe(first?.body.toString())
    const { doc } = each.editor.view.state
    expect(() => doc.check()).not.toThrow()
    expect(doc.toString()).toBe(renderBody(each.body, new Map()).toString())
    expect(each.mended).toEqual([])
  }
}
