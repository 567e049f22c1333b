// Roles and their permission flags as one matrix: roles across, rights down.

import { useEffect, useMemo } from "preact/hooks";
import { useSignal } from "@preact/signals";
import { Banner, Button, Dialog, Empty, Field, toast } from "../shared/components";
import { t } from "../shared/i18n";
import { failure } from "./load";
import { may } from "./me";
import { Failed, Head, Panel, Waiting } from "./parts";
import { PeopleTabs } from "./people";
import { go, href, watch } from "./route";
import { History } from "./diff";
import { Fields, Foot, Notes, useDraft, useGuard } from "./form";
import { reload, rows, save, saveAll, table } from "./rows";
import { blank, newId, rights } from "./schema";
import type { Row } from "./schema";

const has = (r: Row, right: string): boolean => ((r["rights"] as string[] | null) ?? []).includes(right);

/** The role with a right given or taken, in the fixed order of the rights. */
function flip(r: Row, right: string, on: boolean): Row {
  return { ...r, rights: rights.filter((x) => (x === right ? on : has(r, x))) };
}

/** How much a role may do; inactive ones come last. */
const power = (r: Row): number => (r["active"] ? 100 : 0) + rights.filter((x) => has(r, x)).length;

const sameRights = (a: Row, b: Row): boolean => rights.every((x) => has(a, x) === has(b, x));

export function RolesPage({ id }: { id: string }) {
  const load = table("role").value;
  const edits = useSignal<Record<string, Row>>({});
  const busy = useSignal(false);
  const wrong = useSignal("");
  const adding = useSignal(false);
  const list = [...(load.data ?? [])].sort((a, b) => power(b) - power(a) || String(a["name"]).localeCompare(String(b["name"]), "de"));
  const now = (r: Row): Row => edits.value[r.id] ?? r;
  const changed = list.filter((r) => edits.value[r.id] && !sameRights(edits.value[r.id]!, r));
  const keep = useMemo(() => ({ n: 0 }), []);
  keep.n = changed.length;
  const drop = () => { edits.value = {}; wrong.value = ""; };
  const store = async (): Promise<boolean> => {
    busy.value = true;
    wrong.value = "";
    try {
      await saveAll("role", changed.map((r) => flip({ ...r, rights: edits.value[r.id]!["rights"] }, "", false)));
      edits.value = {};
      toast(t("office.role.saved"), "ok");
      return true;
    } catch (e) {
      wrong.value = failure(e).message;
      return false;
    } finally {
      busy.value = false;
    }
  };
  const latest = useMemo(() => ({ store, drop }), []);
  Object.assign(latest, { store, drop });
  useEffect(() => watch({ dirty: () => keep.n > 0, save: () => latest.store(), drop: () => latest.drop() }), []);
  useEffect(() => {
    const key = (e: KeyboardEvent) => {
      if ((e.ctrlKey || e.metaKey) && e.key.toLowerCase() === "s" && keep.n > 0) {
        e.preventDefault();
        void latest.store();
      }
    };
    window.addEventListener("keydown", key);
    return () => window.removeEventListener("keydown", key);
  }, []);
  const row = list.find((r) => r.id === id);
  return (
    <div class={"split" + (row ? " open" : "")} data-test="page-roles">
      <div class="list-side">
        <PeopleTabs now="roles" />
        <Head title={t("office.nav.roles")} sub={t("office.role.about")}>
          {may("admin") && <Button kind="primary" icon="plus" onClick={() => { adding.value = true; }} test="new">{t("office.role.new")}</Button>}
        </Head>
        {!may("admin") && <Banner kind="info" icon="lock">{t("office.form.readOnly")}</Banner>}
        {load.error ? <Failed error={load.error} again={() => void reload("role")} /> : !load.data ? <Waiting /> : list.length === 0
          ? <Empty icon="people" title={t("office.role.empty")}>{t("office.role.emptyText")}</Empty>
          : <Matrix list={list.map(now)} base={list} selected={id} onFlip={(r, right, on) => { edits.value = { ...edits.value, [r.id]: flip(r, right, on) }; }} />}
        {wrong.value && <div role="alert"><Banner kind="danger">{wrong.value}</Banner></div>}
        {changed.length > 0 && (
          <div class="save-bar" data-test="save-bar">
            <p>{t("office.role.changed", { names: changed.map((r) => String(r["name"])).join(", ") })}</p>
            <Button kind="quiet" icon="undo" onClick={drop} test="discard">{t("office.discard")}</Button>
            <Button kind="primary" icon="check" busy={busy.value} onClick={() => void store()} test="save" keys="Ctrl+S">{t("save")}</Button>
          </div>
        )}
      </div>
      {row && <RolePanel key={id} row={row} onClose={() => go(href("roles"))} />}
      {adding.value && <NewRole onDone={() => { adding.value = false; }} />}
    </div>
  );
}

function Matrix({ list, base, selected, onFlip }: { list: Row[]; base: Row[]; selected: string; onFlip(r: Row, right: string, on: boolean): void }) {
  const people = (id: string) => rows("employee").filter((e) => e["active"] && e["role"] === id).length;
  return (
    <div class="matrix-box">
      <table class="matrix" aria-label={t("office.nav.roles")} data-test="matrix">
        <thead>
          <tr>
            <td />
            {list.map((r) => (
              <th key={r.id} scope="col" class={r.id === selected ? "on" : ""}>
                <a href={href("roles", r.id)}>{String(r["name"])}</a>
                <span class="muted small">{r["active"] ? t(people(r.id) === 1 ? "office.role.person" : "office.role.people", { n: people(r.id) }) : t("office.inactive")}</span>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rights.map((right) => (
            <tr key={right}>
              <th scope="row">{t(`office.right.${right}`)}<span class="muted small">{t(`office.right.${right}.note`)}</span></th>
              {list.map((r, i) => {
                const on = has(r, right), was = has(base[i]!, right);
                return (
                  <td key={r.id} class={on !== was ? "changed" : ""}>
                    <label class="cell-check"><input type="checkbox" checked={on} disabled={!may("admin")} data-test={`right-${r.id}-${right}`}
                      aria-label={`${String(r["name"])}: ${t(`office.right.${right}`)}`} onChange={(e) => onFlip(r, right, e.currentTarget.checked)} /></label>
                  </td>
                );
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function RolePanel({ row, onClose }: { row: Row; onClose(): void }) {
  const draft = useDraft("role", row.id, row);
  const save = useGuard(draft, () => undefined);
  const people = rows("employee").filter((e) => e["active"] && e["role"] === row.id);
  return (
    <Panel name={row.id} title={String(draft.base.value["name"])} sub={t("office.kind.role")} onClose={onClose} foot={<Foot draft={draft} save={save} />}>
      <Notes draft={draft} />
      <form onSubmit={(e) => { e.preventDefault(); void save(); }}><Fields draft={draft} without={["rights"]} /><button type="submit" hidden /></form>
      <section><h3>{t("office.role.who")}</h3>
        {people.length === 0 ? <p class="muted">{t("office.role.nobody")}</p> : <ul class="plain">{people.map((e) => <li key={e.id}><a href={href("employees", e.id)}>{String(e["name"])}</a></li>)}</ul>}
      </section>
      <History kind="role" id={row.id} />
    </Panel>
  );
}

function NewRole({ onDone }: { onDone(): void }) {
  const name = useSignal(""), wrong = useSignal("");
  const add = async () => {
    if (!name.value.trim()) {
      wrong.value = t("office.form.missing");
      return;
    }
    try {
      await save("role", { ...blank("role"), id: newId(name.value, new Set(rows("role").map((r) => r.id))), name: name.value.trim() });
      toast(t("office.saved", { name: name.value.trim() }), "ok");
      onDone();
    } catch (e) {
      wrong.value = failure(e).message;
    }
  };
  return (
    <Dialog title={t("office.role.new")} size="s" onClose={onDone} test="role-dialog"
      foot={<><Button onClick={onDone}>{t("cancel")}</Button><Button kind="primary" onClick={() => void add()} test="role-add">{t("office.role.add")}</Button></>}>
      <form onSubmit={(e) => { e.preventDefault(); void add(); }}>
        <Field label={t("office.role.name")} error={wrong.value} note={t("office.role.newNote")}><input type="text" data-autofocus="" data-test="role-name" value={name.value} maxLength={60} onInput={(e) => { name.value = e.currentTarget.value; wrong.value = ""; }} /></Field>
      </form>
    </Dialog>
  );
}
