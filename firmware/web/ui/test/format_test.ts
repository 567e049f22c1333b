import * as f from "../shared/format";
import { typeCents, typeText } from "../shared/keypad";
import { percent, split, times } from "../shared/bill";
import { quickAmounts } from "../till/quick";
import { check, same } from "./check";

const nb = "\u00a0";

check("format: money", () => {
  f.setShop("EUR", "Europe/Berlin");
  for (const [cents, want] of [[0, "0,00"], [5, "0,05"], [-5, "-0,05"], [123450, "1.234,50"], [-100000, "-1.000,00"], [9999999999, "99.999.999,99"]] as const) {
    same(f.amount(cents), want);
  }
  same(f.money(250), `2,50${nb}€`);
  same([f.coin(20000), f.coin(50)], [`200${nb}€`, `50${nb}Cent`]);
});

check("format: quantities and rates", () => {
  same([f.qty(1000), f.qty(250), f.qty(-1500), f.qty(99999000)], ["1", "0,25", "-1,5", "99.999"]);
  same([f.rate(1900), f.rate(550), f.rate(7)], [`19${nb}%`, `5,5${nb}%`, `0,07${nb}%`]);
});

check("format: times in the shop's zone", () => {
  same(f.dateTime("2026-11-21T13:05:09Z"), "21.11.2026 14:05");
  same(f.dateTime("2026-07-01T22:30:00Z"), "02.07.2026 00:30");
  same([f.day("2026-07-01T22:30:00Z"), f.dateTime("nonsense"), f.germanDay("2026-01-31")], ["2026-07-02", "", "31.01.2026"]);
  same([f.parseDay("1.2.2026"), f.parseDay("31.2.2026"), f.parseDay("2026-02-01"), f.parseDay("x")], ["2026-02-01", undefined, "2026-02-01", undefined]);
});

check("format: reading figures", () => {
  for (const [text, want] of [["12,50", 1250], ["12.50", 1250], ["1.234,5", 123450], ["1.234", 123400], ["12", 1200], ["-3,1", -310], [" 7 € ", 700]] as const) {
    same(f.parseMoney(text), want, text);
  }
  for (const text of ["", "abc", "1,2,3", "12,505", "--1"]) same(f.parseMoney(text), undefined, text);
  same([f.parseQty("0,25"), f.parseQty("3"), f.parseRate("19")], [250, 3000, 1900]);
});

check("keypad: typing", () => {
  let c = 0;
  for (const k of ["1", "2", "00", "back", "5"] as const) c = typeCents(c, k);
  same(c, 1205);
  same(typeCents(99_999_999, "9"), 99_999_999);
  let s = "";
  for (const k of ["0", "5", ",", "2", ",", "5", "7", "9"] as const) s = typeText(s, k, 3);
  same(s, "5,257");
  same(typeText("12", ",", 0), "12");
});

check("quick amounts", () => {
  same(quickAmounts(250), [500, 1000, 2000, 5000]);
  same(quickAmounts(2670), [3000, 4000, 5000]);
  same(quickAmounts(500), [1000, 2000, 5000]);
  same(quickAmounts(6120), [6500, 7000, 8000, 10000]);
  same(quickAmounts(5000), [6000, 10000]);
});

check("money: rounding and sharing", () => {
  same([times(1500, 333), times(-1500, 333), times(250, 999)], [500, -500, 250]);
  same(times(99_999_000, 9_999_999_999), 999_989_999_900_001); // beyond 2^53 on the way
  same([percent(250, 1000), percent(25, 1000), percent(-25, 1000)], [25, 3, -3]);
  same(split(100, [1, 1, 1]), [34, 33, 33]);
  same(split(-100, [1, 1, 1]), [-34, -33, -33]);
  same([split(5, []), split(5, [0, 0]), split(7, [0, 3, 4])], [[], [5, 0], [0, 3, 4]]);
});
