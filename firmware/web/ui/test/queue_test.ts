import { ApiError } from "../shared/api";
import type { Answer, Problem } from "../shared/types";
import { Queue, maxBatch } from "../till/queue";
import type { Hooks } from "../till/queue";
import { check, same } from "./check";

class Memory implements Storage {
  private m = new Map<string, string>();
  get length() { return this.m.size; }
  key(i: number) { return [...this.m.keys()][i] ?? null; }
  getItem(k: string) { return this.m.get(k) ?? null; }
  setItem(k: string, v: string) { this.m.set(k, v); }
  removeItem(k: string) { this.m.delete(k); }
  clear() { this.m.clear(); }
}

interface Sent { client: string; commands: { n: number; op: string }[]; answer(a: Answer): void; fail(e: unknown): void }

/** A box that answers when the test says so. */
function rig(storage = new Memory(), by = "anna") {
  const sent: Sent[] = [], refused: [number, string][] = [];
  const who = { by };
  const hooks: Hooks = {
    by: () => who.by, at: () => "2026-11-21T10:00:00Z",
    send: (client, commands) => new Promise((answer, fail) => { sent.push({ client, commands, answer, fail }); }),
    answered: () => undefined, refused: (c, p: Problem) => { refused.push([c.n, p.code]); }, changed: () => undefined, link: () => undefined, soon: (f) => queueMicrotask(f),
  };
  return { q: new Queue(hooks, storage), sent, refused, storage, who };
}

/** Lets everything that is ready run. */
async function settle(): Promise<void> {
  for (let i = 0; i < 10; i++) await Promise.resolve();
}

const ok = (s: Sent, seq = 1): Answer => ({ seq, results: s.commands.map((c) => ({ n: c.n, ok: true, seq })) });
const stored = (m: Memory) => Array.from({ length: m.length }, (_, i) => m.key(i)!).filter((k) => k.startsWith("tresen.q."));

check("queue: stored before it is sent, gone when confirmed", async () => {
  const r = rig();
  r.q.add("addLine", { order: "o" });
  same([stored(r.storage).length, r.sent.length, r.q.waiting.value], [1, 0, 1]);
  await settle();
  same(r.sent.map((s) => s.commands.map((c) => c.n)), [[1]]);
  r.sent[0]!.answer(ok(r.sent[0]!, 7));
  await settle();
  same([stored(r.storage).length, r.q.waiting.value, r.q.pending.length], [0, 0, 1]);
  r.q.settle(6);
  same(r.q.pending.length, 1, "until the patch is here");
  r.q.settle(7);
  same(r.q.pending.length, 0);
});

check("queue: one request at a time, then at most 64 in order", async () => {
  const r = rig();
  for (let i = 0; i < 150; i++) {
    r.q.add("x", {});
    if (i === 0) await settle();
  }
  await settle();
  same(r.sent.map((s) => s.commands.length), [1]);
  for (let i = 0; i < 4; i++) {
    r.sent[i]?.answer(ok(r.sent[i]!));
    await settle();
  }
  same(r.sent.map((s) => s.commands.length), [1, maxBatch, maxBatch, 150 - 1 - 2 * maxBatch]);
  same(r.sent.flatMap((s) => s.commands.map((c) => c.n)), Array.from({ length: 150 }, (_, i) => i + 1));
});

check("queue: survives a reload with the same numbers", async () => {
  const r = rig();
  r.q.add("a", {});
  r.q.add("b", {});
  await settle();
  const again = rig(r.storage);
  same(again.q.client, r.q.client);
  again.q.add("c", {});
  await settle();
  same(again.sent[0]!.commands.map((c) => c.op), ["a", "b", "c"]);
  same(again.sent[0]!.commands.slice(0, 2).map((c) => c.n), [1, 2]);
  same(again.sent[0]!.commands[2]!.n > 2, true, "a new number");
});

check("queue: numbers go on after everything was confirmed", async () => {
  const r = rig();
  r.q.add("a", {});
  await settle();
  r.sent[0]!.answer(ok(r.sent[0]!));
  await settle();
  const next = rig(r.storage).q.add("b", {}).command.n;
  same(next > 1, true, `${next} is a new number`);
});

check("queue: a dead link keeps everything and sends the same again", async () => {
  const r = rig();
  r.q.add("a", {});
  await settle();
  r.sent[0]!.fail(new ApiError(0, { code: "offline", message: "" }));
  await settle();
  r.q.add("b", {});
  same([r.q.waiting.value, stored(r.storage).length], [2, 2]);
  r.q.wake();
  await settle();
  same(r.sent[1]!.commands.map((c) => c.n), [1, 2]);
});

check("queue: a refused command goes, the ones after it stay", async () => {
  const r = rig();
  const first = r.q.add("a", {}).result;
  r.q.add("b", {});
  await settle();
  r.sent[0]!.answer({ seq: 3, results: [{ n: 1, ok: false, error: { code: "noShift", message: "" } }, { n: 2, ok: true, seq: 3 }] });
  await settle();
  same([r.refused, r.q.pending.map((c) => c.n), (await first).ok], [[[1, "noShift"]], [2], false]);
});

check("queue: a batch the box cannot read is sent one by one", async () => {
  const r = rig();
  r.q.add("a", {});
  await settle();
  r.q.add("bad", {});
  r.q.add("c", {});
  r.sent[0]!.answer(ok(r.sent[0]!));
  await settle();
  const no = new ApiError(400, { code: "badRequest", message: "" });
  r.sent[1]!.fail(no);
  await settle();
  same(r.sent[2]!.commands.map((c) => c.op), ["bad"]);
  r.sent[2]!.fail(no);
  await settle();
  same([r.refused, r.sent[3]!.commands.map((c) => c.op)], [[[2, "badRequest"]], ["c"]]);
});

check("queue: nobody sends what somebody else tapped, unless asked", async () => {
  const r = rig();
  r.q.add("a", {});
  const later = rig(r.storage, "bo");
  later.q.wake();
  await settle();
  same([later.sent.length, later.q.foreign.value], [0, "anna"]);
  later.q.adopt();
  await settle();
  same(later.sent[0]!.commands.map((c) => c.n), [1]);
});

check("queue: an answer without our commands is no confirmation", async () => {
  const r = rig();
  r.q.add("a", {});
  await settle();
  r.sent[0]!.answer({ seq: 9, results: [] });
  await settle();
  same([r.q.waiting.value, stored(r.storage).length], [1, 1]);
});
