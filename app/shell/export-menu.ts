// A button that saves a document as a file: readable Markdown, or everything exactly.
import { html, type TemplateResult } from 'lit'
import { Download } from 'lucide'
import type { DocumentId } from '../../sync-api/protocol/ids'
import { icon } from '../editor/icon'
import './menu'
import type { MenuItem } from './menu'
import type { ExportForm, Safety } from './meridian'
import { attempt } from './toasts'

export function exportMenu(safety: Safety, document: DocumentId, title: string): TemplateResult {
  const save = (form: ExportForm) => (): void => attempt(() => safety.export(document, form))
  const items = (): MenuItem[] => [
    { label: 'Markdown, to read anywhere', run: save('markdown') },
    { label: 'Yjs file, with everything', run: save('yjs') }
  ]
  return html`<meridian-menu
    class="export"
    .label=${`Export ${title} as a file`}
    .face=${html`${icon(Download, 16)}<span>Export</span>`}
    .items=${items}
  ></meridian-menu>`
}
