// Keyboard-wedge scanners: a burst of keys faster than anybody types, ended by
// Enter. It belongs to the till and never to the field that has the focus.

export interface Sink {
  /** A code was scanned. */
  code(text: string): void;
  /** Keep what the first key of a burst would spoil, and put it back. */
  keep(): () => void;
}

const gap = 50; // ms between two keys of a scanner; people are slower
const shortest = 4; // characters; EAN-8 has 8, house codes may be shorter

export class Wedge {
  private text = "";
  private held = ""; // characters kept from the field so far
  private focus: Element | null = null; // where the burst began
  private field: HTMLInputElement | HTMLTextAreaElement | null = null;
  private restore: () => void = () => undefined;
  private lastAt = -Infinity;
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly sink: Sink) {}

  /** Looks at every key before anything else does. True: the key is taken. */
  key(e: KeyboardEvent): boolean {
    if (!e.isTrusted) return false; // our own, given back by flush
    const fast = e.timeStamp - this.lastAt < gap && document.activeElement === this.focus;
    if (e.key === "Enter") return this.end(fast);
    if (e.key.length !== 1 || e.ctrlKey || e.metaKey || e.altKey) return false;
    this.lastAt = e.timeStamp;
    if (!fast || this.text === "") {
      this.flush();
      this.begin(e.key);
      return false;
    }
    this.text += e.key;
    this.held += e.key;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.flush(), gap * 2);
    return true;
  }

  private begin(first: string): void {
    const at = this.focus = document.activeElement;
    this.field = at instanceof HTMLInputElement || at instanceof HTMLTextAreaElement ? at : null;
    this.restore = this.field ? keepField(this.field) : this.sink.keep();
    this.text = first;
  }

  private end(fast: boolean): boolean {
    const text = this.text;
    if (!fast || text.length < shortest) {
      this.flush();
      return false;
    }
    clearTimeout(this.timer);
    this.text = this.held = "";
    this.restore();
    this.sink.code(text);
    return true;
  }

  /** It was no scanner after all: the field gets what was held back. */
  private flush(): void {
    clearTimeout(this.timer);
    const { held, field } = this;
    this.text = this.held = "";
    if (!held) return;
    if (field?.isConnected) insert(field, held);
    else for (const key of held) document.body.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }));
  }
}

function keepField(f: HTMLInputElement | HTMLTextAreaElement): () => void {
  const value = f.value;
  return () => {
    f.value = value;
    f.dispatchEvent(new Event("input", { bubbles: true }));
  };
}

function insert(f: HTMLInputElement | HTMLTextAreaElement, text: string): void {
  const at = f.selectionStart;
  if (at === null) f.value += text;
  else f.setRangeText(text, at, f.selectionEnd ?? at, "end");
  f.dispatchEvent(new Event("input", { bubbles: true }));
}
