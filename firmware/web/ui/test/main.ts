// Bundled by the test only (tools/webbuild/uitest), never served by the box.

import common from "../../i18n/common.json";
import { bill } from "../shared/bill";
import { register } from "../shared/i18n";
import type { Order } from "../shared/types";
import { runAll } from "./check";
import "./format_test";
import "./queue_test";
import "./rules_test";
import "./scanner_test";

register(common);

Object.assign(window, {
  runAll,
  bills: (orders: Order[]) => orders.map((o) => {
    const b = bill(o);
    return { lines: b.lines.map((x) => [x.full, x.discount, x.share, x.total]), total: b.total, saved: b.saved };
  }),
});
