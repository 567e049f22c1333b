// The real events of a scanner come from the browser and are tested there;
// this is the timing.

import { Wedge } from "../till/scanner";
import { check, same } from "./check";

function press(w: Wedge, key: string, at: number): boolean {
  return w.key({ key, timeStamp: at, ctrlKey: false, metaKey: false, altKey: false } as KeyboardEvent);
}

function rig() {
  const codes: string[] = [];
  let restored = 0;
  const w = new Wedge({ code: (c) => codes.push(c), keep: () => () => { restored++; } });
  return { w, codes, restored: () => restored };
}

function scan(w: Wedge, text: string, from: number, gap: number): boolean {
  [...text].forEach((c, i) => press(w, c, from + i * gap));
  return press(w, "Enter", from + text.length * gap);
}

check("scanner: a fast burst with Enter is a code", () => {
  const r = rig();
  same(scan(r.w, "4001234567890", 1000, 12), true);
  same([r.codes, r.restored()], [["4001234567890"], 1]);
  same(scan(r.w, "40012345", 2000, 30), true);
  same(r.codes.length, 2);
});

check("scanner: one slow gap on a busy machine does not break a code", () => {
  const r = rig();
  [..."4001234567890"].forEach((c, i) => press(r.w, c, 1000 + i * 10 + (i > 6 ? 90 : 0)));
  same([press(r.w, "Enter", 1230), r.codes], [true, ["4001234567890"]]);
});

check("scanner: people are slower", () => {
  const r = rig();
  same([scan(r.w, "1012", 1000, 120), r.codes], [false, []]);
});

check("scanner: too short, or Enter too late, is no code", () => {
  const r = rig();
  same(scan(r.w, "12", 1000, 10), false);
  [..."40012345"].forEach((c, i) => press(r.w, c, 2000 + i * 10));
  same([press(r.w, "Enter", 2700), r.codes], [false, []]);
});

check("scanner: what a fast typist typed reaches the field", () => {
  const r = rig();
  const field = document.createElement("input");
  document.body.append(field);
  field.focus();
  press(r.w, "t", 1000);
  field.value = "t"; // the browser types the first one itself
  same(press(r.w, "h", 1020), true, "held back");
  r.w.flush();
  same([field.value, r.codes], ["th", []]);
  field.remove();
});

check("scanner: the focus moves during a burst", () => {
  const r = rig();
  const a = document.createElement("input"), b = document.createElement("input");
  document.body.append(a, b);
  a.focus();
  press(r.w, "3", 1000);
  a.value = "3";
  b.focus();
  same(press(r.w, "1", 1010), false, "the first key of a new field is its own");
  b.value = "1";
  press(r.w, "2", 1020);
  r.w.flush();
  same([a.value, b.value], ["3", "12"], "typed by a person");
  a.focus();
  a.value = b.value = "";
  press(r.w, "4", 2000);
  a.value = "4";
  b.focus();
  [..."0012345"].forEach((c, i) => press(r.w, c, 2010 + i * 10));
  b.value = "0";
  press(r.w, "Enter", 2090);
  same([a.value, b.value, r.codes], ["", "", ["40012345"]], "a code");
  a.remove();
  b.remove();
});

check("scanner: a code takes back what its first key typed", () => {
  const r = rig();
  const field = document.createElement("input");
  document.body.append(field);
  field.value = "Tisch ";
  field.focus();
  press(r.w, "4", 1000);
  field.value = "Tisch 4";
  [..."0012345"].forEach((c, i) => press(r.w, c, 1010 + i * 10));
  press(r.w, "Enter", 1090);
  same([field.value, r.codes], ["Tisch ", ["40012345"]]);
  field.remove();
});
