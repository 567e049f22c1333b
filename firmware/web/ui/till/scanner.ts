// Keyboard-wedge scanners: a burst of keys faster than anybody types, ended by
// Enter. It belongs to the till and never to the field that has the focus.

export interface Sink {
  /** A code was scanned. */
  code(text: string): void;
  /** Keep what the first key of a burst would spoil, and put it back. */
  keep(): () => void;
}

const gap = 50; // ms between most keys of a scanner; people are slower
const longGap = 80; // the same for codes too long for a person to type that fast
const long = 8;
const pause = 500; // ms that single gaps may take when the machine is busy
const shortest = 4; // characters; EAN-8 has 8, house codes may be shorter

export class Wedge {
  private text = "";
  private held = ""; // characters kept from the field so far
  private focus: Element | null = null; // where the last key went
  private field: HTMLInputElement | HTMLTextAreaElement | null = null;
  private restores: (() => void)[] = [];
  private gaps: number[] = [];
  private own = new WeakSet<Event>();
  private lastAt = -Infinity;
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly sink: Sink) {}

  /** Looks at every key before anything else does. True: the key is taken. */
  key(e: KeyboardEvent): boolean {
    if (this.own.has(e)) return false; // given back by give
    const since = e.timeStamp - this.lastAt;
    const goesOn = this.text !== "" && since < pause;
    if (goesOn) this.gaps.push(since);
    if (e.key === "Enter") return this.end(goesOn);
    if (e.key.length !== 1 || e.ctrlKey || e.metaKey || e.altKey) {
      if (e.key !== "Shift") this.flush(); // scanners press it for capitals
      return false;
    }
    this.lastAt = e.timeStamp;
    if (!goesOn) {
      this.flush();
      this.restores = [];
      this.gaps = [];
    }
    this.text += e.key;
    if (!goesOn || document.activeElement !== this.focus) {
      this.give();
      this.enter();
      return false;
    }
    if (since >= gap) {
      this.give();
      return false;
    }
    this.held += e.key;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.give(), gap * 2);
    return true;
  }

  /** The burst begins, or goes on in another field. */
  private enter(): void {
    const at = this.focus = document.activeElement;
    this.field = at instanceof HTMLInputElement || at instanceof HTMLTextAreaElement ? at : null;
    this.restores.push(this.field ? keepField(this.field) : this.sink.keep());
  }

  private end(goesOn: boolean): boolean {
    const text = this.text;
    const middle = this.gaps.sort((a, b) => a - b)[this.gaps.length >> 1] ?? pause;
    if (!goesOn || text.length < shortest || middle >= (text.length < long ? gap : longGap)) {
      this.flush();
      return false;
    }
    clearTimeout(this.timer);
    this.text = this.held = "";
    for (const f of this.restores.reverse()) f();
    this.sink.code(text);
    return true;
  }

  /** It was no scanner after all. Also to be called before anything else
   * happens, such as a tap. */
  flush(): void {
    this.give();
    this.text = "";
  }

  private again(key: string): void {
    const e = new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true });
    this.own.add(e);
    (this.focus ?? document.body).dispatchEvent(e);
  }

  /** The field gets what was held back. */
  private give(): void {
    clearTimeout(this.timer);
    const { held, field } = this;
    this.held = "";
    if (!held) return;
    if (field?.isConnected) insert(field, held);
    else for (const key of held) this.again(key);
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
