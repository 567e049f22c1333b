// Leaving: by hand, or after each receipt where the shop wants it so.

import { post } from "../shared/api";
import { done, layout, link, queue } from "./store";

export async function logout(): Promise<void> {
  await post("/api/v1/logout", {}, { quiet401: true }).catch(() => undefined);
  location.assign("/login?next=/till");
}

/** How long the change stays before the login comes by itself. */
const look = 8000;

/** Whether the next sale needs a login first. A dead link keeps everybody in:
 * there would be no way back. */
export function mustLogOut(): boolean {
  return !!done.value && !!layout.value?.logoutAfter && link.value && queue.waiting.value === 0;
}

/** Runs whenever something changes that it reads (an effect). */
export function logoutAfterReceipt(): (() => void) | undefined {
  if (!mustLogOut() || !done.value?.receipt) return undefined;
  const timer = setTimeout(() => void logout(), look);
  return () => clearTimeout(timer);
}
