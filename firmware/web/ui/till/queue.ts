// The queue of commands: written to localStorage before anything is shown, so
// that taps survive a reload and a dead link. One request is under way at a
// time; the box recognises a command it has already had by client and number.

import { signal } from "@preact/signals";
import { ApiError, newID } from "../shared/api";
import type { Answer, Problem, Result } from "../shared/types";
import type { Args, Pending } from "./rules";

export const maxBatch = 64;
const waits = [300, 800, 2000, 4000];

interface Item extends Pending {
  /** commit of the box that contains it; it waits for the patch to arrive */
  seq?: number;
}

export interface Hooks {
  /** Somebody to send as; empty holds the queue back. */
  by(): string;
  at(): string;
  send(client: string, commands: { n: number; op: string; args: Args }[]): Promise<Answer>;
  answered(a: Answer): void;
  refused(c: Pending, p: Problem): void;
  /** The pending commands changed other than by a new one at the end. */
  changed(): void;
  link(up: boolean): void;
  /** Runs f soon, but after the frame that shows the tap. */
  soon(f: () => void): void;
}

const prefix = "tresen.q.";

/** Numbers are kept ahead in blocks, so that a tap writes once; a reload skips
 * the rest of a block, which the box does not mind. */
const block = 64;

export class Queue {
  /** commands the box has not confirmed */
  readonly waiting = signal(0);
  /** who made the commands that somebody else's session must not send */
  readonly foreign = signal("");
  readonly client: string;
  private n = 0; // of the latest command
  private reserved = 0; // numbers up to this one are ours
  private items: Item[] = [];
  private promises = new Map<number, (r: Result) => void>();
  private busy = false;
  private failures = 0;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private single = false;
  private planned = false;
  private stopped = false;

  constructor(private readonly h: Hooks, private readonly storage: Storage) {
    this.client = this.read("tresen.client") ?? newID("c-", 16);
    this.write("tresen.client", this.client);
    this.load();
  }

  /** Commands not yet contained in the box's state, in order. */
  get pending(): readonly Pending[] {
    return this.items;
  }

  private read(key: string): string | null {
    try {
      return this.storage.getItem(key);
    } catch {
      return null;
    }
  }

  private write(key: string, value: string): void {
    try {
      this.storage.setItem(key, value);
    } catch {
      // Full or switched off: the queue lives on in memory until the reload.
    }
  }

  private load(): void {
    this.n = this.reserved = Number(this.read("tresen.n") ?? 0);
    for (let i = 0; i < this.storage.length; i++) {
      const key = this.storage.key(i);
      if (!key?.startsWith(prefix)) continue;
      const c = JSON.parse(this.read(key)!) as Item;
      this.items.push(c);
      this.n = Math.max(this.n, c.n);
    }
    this.items.sort((a, b) => a.n - b.n);
    this.count();
  }

  private count(): void {
    let open = 0;
    for (const c of this.items) if (c.seq === undefined) open++;
    this.waiting.value = open;
  }

  /** The next number, from the block that is reserved. */
  private number(): number {
    if (++this.n > this.reserved) {
      this.reserved = this.n + block - 1;
      this.write("tresen.n", String(this.reserved));
    }
    return this.n;
  }

  /** Takes a command. It is stored when this returns, and sent soon. */
  add(op: string, args: Args, before?: number): { command: Pending; result: Promise<Result> } {
    const command: Item = { n: this.number(), op, args, by: this.h.by(), at: this.h.at(), before };
    this.write(prefix + command.n, JSON.stringify(command));
    this.items.push(command);
    this.waiting.value++;
    const result = new Promise<Result>((resolve) => this.promises.set(command.n, resolve));
    if (!this.planned) this.plan();
    return { command, result };
  }

  private plan(): void {
    this.planned = true;
    this.h.soon(() => {
      this.planned = false;
      this.wake();
    });
  }

  /** Sends what waits, unless it is being sent. */
  wake(): void {
    clearTimeout(this.timer);
    if (!this.busy && !this.stopped) void this.pump();
  }

  /** Sends nothing any more: another tab is the till now. */
  stop(stopped: boolean): void {
    this.stopped = stopped;
    if (!stopped) {
      this.items = [];
      this.load();
      this.h.changed();
      this.wake();
    }
  }

  private async pump(): Promise<void> {
    this.busy = true;
    try {
      for (let batch = this.batch(); batch.length > 0; batch = this.batch()) {
        if (!(await this.deliver(batch))) return;
      }
    } finally {
      this.busy = false;
    }
  }

  private batch(): Item[] {
    const me = this.h.by();
    const open = this.items.filter((c) => c.seq === undefined);
    this.foreign.value = open.find((c) => me && c.by !== me)?.by ?? "";
    if (!me || this.foreign.value || this.stopped) return [];
    return open.slice(0, this.single ? 1 : maxBatch);
  }

  /** Lets the present session send what somebody else tapped. */
  adopt(): void {
    const me = this.h.by();
    for (const c of this.items) c.by = me;
    this.wake();
  }

  /** Forgets everything not yet sent. */
  discard(): void {
    for (const c of [...this.items]) if (c.seq === undefined) this.finish(c, { n: c.n, ok: false });
    this.foreign.value = "";
    this.h.changed();
  }

  private async deliver(batch: Item[]): Promise<boolean> {
    try {
      const a = await this.h.send(this.client, batch.map(({ n, op, args }) => ({ n, op, args })));
      this.failures = 0;
      this.single = false;
      this.h.link(true);
      this.take(batch, a);
      return true;
    } catch (e) {
      return this.failed(batch, e);
    }
  }

  private take(batch: Item[], a: Answer): void {
    const byN = new Map(a.results.map((r) => [r.n, r]));
    if (!batch.some((c) => byN.has(c.n))) throw new Error("an answer without results");
    for (const c of batch) {
      const r = byN.get(c.n);
      if (!r) continue; // not answered: it stays and is sent again
      this.forget(c);
      if (r.ok) c.seq = r.seq ?? 0;
      else this.items.splice(this.items.indexOf(c), 1);
      this.settleOne(c, r);
      if (!r.ok) this.h.refused(c, r.error ?? { code: "refused", message: "" });
    }
    this.count();
    this.h.answered(a);
    // What was accepted stays on top until its patch arrives: nothing to draw.
    if (batch.some((c) => c.seq === undefined || c.seq === 0)) this.h.changed();
  }

  private settleOne(c: Pending, r: Result): void {
    this.promises.get(c.n)?.(r);
    this.promises.delete(c.n);
  }

  private forget(c: Item): void {
    try {
      this.storage.removeItem(prefix + c.n);
    } catch {
      // Storage is switched off: nothing was kept there.
    }
  }

  private finish(c: Item, r: Result): void {
    this.forget(c);
    this.items.splice(this.items.indexOf(c), 1);
    this.settleOne(c, r);
    this.count();
  }

  /** A dead link or a box in trouble: later. A batch the box will not read:
   * one by one, so that a single bad command does not stop the others. */
  private failed(batch: Item[], e: unknown): boolean {
    const status = e instanceof ApiError ? e.status : 0;
    const final = status >= 400 && status < 500 && status !== 401 && status !== 408 && status !== 429;
    if (final && batch.length > 1) {
      this.single = true;
      return true;
    }
    if (final) {
      const c = batch[0]!, problem = (e as ApiError).problem;
      this.finish(c, { n: c.n, ok: false, error: problem });
      this.h.refused(c, problem);
      this.h.changed();
      return true;
    }
    if (status !== 401) this.h.link(false);
    this.timer = setTimeout(() => this.wake(), waits[Math.min(this.failures++, waits.length - 1)]);
    return false;
  }

  /** The box's state on the screen now contains everything up to seq. */
  settle(seq: number): void {
    this.items = this.items.filter((c) => c.seq === undefined || c.seq > seq);
  }
}
