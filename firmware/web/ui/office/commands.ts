// Commands of the office. Each page load is a screen of its own; a repeated
// send of the same command is harmless, so a dead link is tried again.

import { ApiError, newID, post } from "../shared/api";
import type { Answer, Command, Result } from "../shared/types";

const client = newID("c-office-");
let n = 0;
const most = 64; // commands in one request, as the box takes them
const tries = 3;

/** Sends commands in order and returns what became of each. */
export async function send(list: { op: string; args: Record<string, unknown> }[]): Promise<Result[]> {
  const commands: Command[] = list.map((c) => ({ n: ++n, ...c }));
  const results: Result[] = [];
  for (let i = 0; i < commands.length; i += most) {
    results.push(...(await deliver(commands.slice(i, i + most))).results);
  }
  return results;
}

async function deliver(commands: Command[]): Promise<Answer> {
  for (let i = 1; ; i++) {
    try {
      return await post<Answer>("/api/v1/commands", { client, commands });
    } catch (e) {
      if (!(e instanceof ApiError) || !e.offline || i >= tries) throw e;
    }
  }
}

/** Sends one command; a refusal is thrown. */
export async function command(op: string, args: Record<string, unknown>): Promise<Result> {
  const [r] = await send([{ op, args }]);
  if (!r) throw new ApiError(200, { code: "noAnswer", message: "" });
  if (!r.ok) throw new ApiError(200, r.error ?? { code: "refused", message: "" });
  return r;
}
