// Lucide's icons in Lit templates, at the size of the editor's controls.
import { directive, Directive } from 'lit/directive.js'
import { createElement, type IconNode } from 'lucide'

class IconDirective extends Directive {
  #drawn: { readonly node: IconNode; readonly element: SVGElement } | null = null

  // One element for each place, kept as long as it shows the same icon.
  render(node: IconNode, size: number): unknown {
    if (this.#drawn?.node !== node) {
      const attributes = { width: size, height: size, 'stroke-width': 1.75, 'aria-hidden': 'true' }
      this.#drawn = { node, element: createElement(node, attributes) }
    }
    return this.#drawn.element
  }
}

const draw = directive(IconDirective)

/** The icon, `size` px wide. Decoration only: the control around it carries the words. */
export const icon = (node: IconNode, size = 18): unknown => draw(node, size)
