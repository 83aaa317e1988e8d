/** Whether a key belongs to a field that is being typed in, or to a combination the browser owns. */
export function isTyping(event: KeyboardEvent): boolean {
  if (event.ctrlKey || event.metaKey || event.altKey) return true;
  const target = event.target;
  if (!(target instanceof HTMLElement)) return false;
  return (
    target.isContentEditable ||
    /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName) ||
    target.closest('dialog') !== null
  );
}

/** Marks the part of a page that its keys are for: the tree, the timeline. */
export const TAKES_KEYS = 'data-takes-keys';

/** Puts the focus there; `politely` leaves it where a person has put it. */
export function focusKeys(politely = false): void {
  if (politely && document.activeElement !== null && document.activeElement !== document.body) return;
  document.querySelector<HTMLElement>(`[${TAKES_KEYS}]`)?.focus({ preventScroll: true });
}
