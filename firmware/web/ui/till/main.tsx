// Entry of the till: who is logged in, the stream of the box, the screen.

import "../shared/base.css";
import "../shared/components.css";
import "./till.css";
import "./order.css";
import "./grid.css";
import "./dialogs.css";
import { effect } from "@preact/signals";
import { render } from "preact";
import common from "../../i18n/common.json";
import refusals from "../../i18n/refusals.json";
import words from "../../i18n/till.json";
import { ApiError, get, hint, sentence } from "../shared/api";
import { toast } from "../shared/components";
import { register } from "../shared/i18n";
import { follow } from "../shared/stream";
import type { Session } from "../shared/types";
import { App } from "./App";
import { startKeys } from "./keys";
import { mine, startLease } from "./lease";
import { logoutAfterReceipt } from "./logout";
import { link, onRefusal, patch, queue, setSession, snapshot, status, streamUp } from "./store";

register(common, refusals, words);

/** Asks who is logged in until the box answers; a lost session goes to the login. */
async function login(): Promise<void> {
  for (;;) {
    try {
      setSession(await get<Session>("/api/v1/me", { timeout: 5000 }));
      return;
    } catch (e) {
      if (e instanceof ApiError && e.status === 401) return new Promise(() => undefined); // leaving for the login
      streamUp.value = false;
      await new Promise((r) => setTimeout(r, 1000));
    }
  }
}

function start(): void {
  const stream = follow({
    snapshot,
    patch,
    status(s) { status.value = s; },
    link(up) {
      streamUp.value = up;
      if (up) queue.wake();
    },
  });
  effect(() => {
    if (link.value) stream.retry();
  });
}

onRefusal((_, p) => toast([sentence(p), hint(p)].filter(Boolean).join(" "), "danger"));

const root = document.getElementById("app");
if (root) {
  root.replaceChildren();
  startLease();
  let was = mine.value;
  effect(() => {
    if (mine.value !== was) queue.stop(!mine.value);
    was = mine.value;
  });
  render(<App />, root);
  startKeys();
  effect(logoutAfterReceipt);
  document.addEventListener("contextmenu", (e) => { if ((e as PointerEvent).pointerType !== "mouse") e.preventDefault(); });
  void login().then(start);
}
