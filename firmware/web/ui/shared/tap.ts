// Taps that answer on touch-down: the frame is on the screen before the finger
// is up. Only for things that do not scroll. Keyboards and screen readers send
// a click without a pointer, which counts as well.

type Handler = (e: Event) => void;

let answered: EventTarget | null = null; // element whose touch-down was answered

// A new touch forgets the old one; a click that belongs to an answered touch
// but lands elsewhere (the screen changed under the finger) is no tap.
document.addEventListener("pointerdown", () => { answered = null; }, true);
document.addEventListener("click", (e) => {
  if (e.detail > 0 && answered instanceof Node && !answered.contains(e.target as Node)) {
    e.stopPropagation();
    e.preventDefault();
  }
}, true);

/** Handlers for a button that acts on touch-down: <button {...tap(f)}>. */
export function tap(f: Handler) {
  return {
    onPointerDown(e: PointerEvent): void {
      if (e.button !== 0 || (e.currentTarget as HTMLButtonElement).disabled) return;
      answered = e.currentTarget;
      f(e);
    },
    onClick(e: MouseEvent): void {
      if (e.detail > 0 && e.currentTarget === answered) return;
      f(e);
    },
  };
}
