// What editors ask of a browser and jsdom has not: rectangles of text, and popovers.

/** Gives every range one empty rectangle at the origin, and shows and hides no popover. */
export function layNothingOut(): void {
  Range.prototype.getClientRects = () => [new DOMRect()] as unknown as DOMRectList
  Range.prototype.getBoundingClientRect = () => new DOMRect()
  HTMLElement.prototype.showPopover = () => undefined
  HTMLElement.prototype.hidePopover = () => undefined
}
