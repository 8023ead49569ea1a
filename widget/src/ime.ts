/** Tells an Enter that sends from one that confirms Japanese input, in every browser's order of events. */

/** How long after `compositionend` an Enter still belongs to the confirmation (Safari fires it before the keydown). */
const AFTER_COMPOSITION_MS = 40;

export class EnterGuard {
  private endedAt = -Infinity;

  /** To be called on `compositionend`. */
  ended(event: Event): void {
    this.endedAt = event.timeStamp;
  }

  /** Whether this keydown belongs to the input method, not to us. */
  belongsToInput(event: KeyboardEvent): boolean {
    return event.isComposing || event.keyCode === 229 || event.timeStamp - this.endedAt < AFTER_COMPOSITION_MS;
  }
}
