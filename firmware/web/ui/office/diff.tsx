// A change of master data so that an owner can read it: what was, what is now,
// who and when.

import { get, query } from "../shared/api";
import { dateTime } from "../shared/format";
import { Icon } from "../shared/icons";
import { t } from "../shared/i18n";
import { Button } from "../shared/components";
import { useSignal } from "@preact/signals";
import { useLoad } from "./load";
import { version } from "./rows";
import type { Field, Kind, Row } from "./schema";
import { differences } from "./show";

export interface Change { seq: number; at: string; by: string; byName: string; kind: Kind; id: string; old?: Row | null; new: Row }

export const who = (c: Change): string => c.byName || c.by || t("office.change.box");

export function loadChanges(p: { kind?: string; id?: string; before?: number; limit: number }): Promise<{ rows: Change[]; more: boolean }> {
  return get<{ rows: Change[] | null; more: boolean }>("/api/v1/changes" + query(p)).then((a) => ({ rows: a.rows ?? [], more: a.more }));
}

/** What changed, field by field. */
export function Diff({ change }: { change: Change }) {
  const list = differences(change.kind, change.old ?? undefined, change.new);
  if (list.length === 0) return <p class="muted small">{t("office.change.order")}</p>;
  return (
    <dl class="diff" data-test="diff">
      {list.map((d) => (
        <div key={d.field.key}>
          <dt>{d.label}</dt>
          <dd>
            {d.old.map((x) => <del key={x}><Dot field={d.field} value={change.old?.[d.field.key]} />{x}</del>)}
            {d.old.length > 0 && d.now.length > 0 && <span class="to"><Icon name="next" /><span class="sr">{t("office.change.to")}</span></span>}
            {d.now.map((x) => <ins key={x}><Dot field={d.field} value={change.new[d.field.key]} />{x}</ins>)}
          </dd>
        </div>
      ))}
    </dl>
  );
}

function Dot({ field, value }: { field: Field; value: unknown }) {
  if (field.type !== "color" || !value) return null;
  return <span class="dot" style={{ background: String(value) }} />;
}

/** Who changed a row last, and everything before it on demand. */
export function History({ kind, id }: { kind: Kind; id: string }) {
  const { load } = useLoad(`${kind}/${id}/${version.value}`, () => loadChanges({ kind, id, limit: 20 }));
  const open = useSignal(false);
  const list = load.data?.rows ?? [];
  const last = list[0];
  if (!last) return null;
  return (
    <section class="history" data-test="history">
      <p class="last"><Icon name="clock" /><span>{t(last.old ? "office.change.last" : "office.change.created", { name: who(last), at: dateTime(last.at) })}</span>
        <Button kind="quiet" pressed={open.value} onClick={() => { open.value = !open.value; }} test="history-open">{t(open.value ? "office.change.hide" : "office.change.all")}</Button>
      </p>
      {open.value && (
        <ol class="changes">
          {list.map((c) => (
            <li key={c.seq}>
              <p class="small"><strong>{who(c)}</strong> <span class="muted num">{dateTime(c.at)}</span>{!c.old && <span class="muted"> · {t("office.change.new")}</span>}</p>
              <Diff change={c} />
            </li>
          ))}
        </ol>
      )}
    </section>
  );
}
