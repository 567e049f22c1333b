// What is out of order just now, said in the status line: it takes the place of
// names, so that nothing below it moves under a finger.

import { computed } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { t } from "../shared/i18n";
import { Icon } from "../shared/icons";
import { tap } from "../shared/tap";
import { ask } from "./dialogs";
import { link, outage, queue, status } from "./store";

/** What to say: without a link nobody knows how the signing unit is. */
export const noticed = computed<"offline" | "signing" | "">(() => {
  if (!link.value) return "offline";
  return outage.value || status.value?.signing.state === "out" ? "signing" : "";
});

export function Notice() {
  switch (noticed.value) {
    case "offline": return <Line kind="info" icon="offline" of="link" test="offline"><Offline /></Line>;
    case "signing": return <Line kind="warn" icon="shield" of="signing" test="signing-out">{t("banner.signing")}</Line>;
  }
  return null;
}

function Offline() {
  const n = queue.waiting.value;
  return <>{t(n === 0 ? "banner.offlineNone" : "banner.offline", { n })}</>;
}

function Line(p: { kind: "info" | "warn"; icon: string; of: "link" | "signing"; test: string; children: ComponentChildren }) {
  return (
    <div class={"notice banner-" + p.kind} role="status" data-test={p.test}>
      <button type="button" class="notice-open" {...tap(() => ask({ kind: "state", of: p.of }))}><Icon name={p.icon} /><span>{p.children}</span></button>
    </div>
  );
}
