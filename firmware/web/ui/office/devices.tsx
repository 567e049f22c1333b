// Devices: what is plugged into the box, live: the box answers when something
// is plugged in or pulled out.

import { useEffect } from "preact/hooks";
import { useSignal } from "@preact/signals";
import { get, query } from "../shared/api";
import { Banner, Empty } from "../shared/components";
import { Icon } from "../shared/icons";
import { known, lang, t } from "../shared/i18n";
import { failure } from "./load";
import type { Failure } from "./load";
import { Badge, Failed, Waiting } from "./parts";
import type { Tone } from "./parts";
import { SettingsTabs } from "./people";

interface Finding { code: string; sentence: string; remedy: string }
interface Plugged {
  id: string; kind: string; name: string; model?: string; serial?: string; port?: string; files: string[] | null;
  state: "found" | "absent" | "failed"; reason?: string; remedy?: string; findings: Finding[] | null;
}
interface PluggedIn { seq: number; rows: Plugged[] | null; warning?: string }

const icons: Record<string, string> = { printer: "printer", serial: "link", tse: "shield", scanner: "search", keyboard: "keypad", storage: "box" };
const tones: Record<Plugged["state"], Tone> = { found: "ok", absent: "plain", failed: "danger" };
const again = 3000; // ms after a failure

export function DevicesPage() {
  const data = useSignal<PluggedIn | undefined>(undefined);
  const error = useSignal<Failure | undefined>(undefined);
  const round = useSignal(0);
  useEffect(() => {
    let over = false, timer: ReturnType<typeof setTimeout> | undefined;
    const ask = async (after: number): Promise<void> => {
      try {
        const a = await get<PluggedIn>("/api/v1/devices" + query({ after: after || undefined }), { timeout: 40000 });
        if (over) return;
        data.value = a;
        error.value = undefined;
        if (a.seq > 0) void ask(a.seq);
      } catch (e) {
        if (over) return;
        error.value = failure(e);
        timer = setTimeout(() => void ask(0), again);
      }
    };
    void ask(0);
    return () => { over = true; clearTimeout(timer); };
  }, [round.value, lang.value]);
  const a = data.value, rows = (a?.rows ?? []).filter((d) => d.kind !== "hub");
  return (
    <div class="page devices" data-test="page-devices">
      <SettingsTabs now="devices" />
      <p class="muted">{t("office.devices.about")}</p>
      {a?.warning && <Banner kind="warn">{a.warning}</Banner>}
      {!a && error.value ? <Failed error={error.value} again={() => { round.value++; }} />
        : !a ? <Waiting lines={4} />
        : rows.length === 0 ? <Empty icon="link" title={t("office.devices.none")}>{t("office.devices.noneText")}</Empty>
        : <ul class="devices-list">{rows.map((d) => <Row key={d.id} d={d} />)}</ul>}
    </div>
  );
}

function Row({ d }: { d: Plugged }) {
  const kind = known("office.devices.kind." + d.kind) ? t("office.devices.kind." + d.kind) : d.kind;
  return (
    <li class="card device" data-test="device" data-kind={d.kind} data-state={d.state}>
      <Icon name={icons[d.kind] ?? "link"} />
      <div>
        <h2>{d.name} <Badge tone={tones[d.state]}>{t("office.devices.state." + d.state)}</Badge></h2>
        <p class="muted">{[kind, d.model, d.serial && t("office.devices.serial", { n: d.serial }), d.port, ...(d.files ?? [])].filter(Boolean).join(" · ")}</p>
        {d.reason && <p><strong>{d.reason}</strong> {d.remedy}</p>}
        {(d.findings ?? []).map((f) => <p key={f.code} class="device-finding"><Icon name="warn" /><span><strong>{f.sentence}</strong> {f.remedy}</span></p>)}
      </div>
    </li>
  );
}
