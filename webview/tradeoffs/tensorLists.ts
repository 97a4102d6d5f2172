import type { TensorErrorsTable } from "../../src/protocol/panels";
import { type Child, h } from "../dom";
import { formatBytes, formatKl } from "../format";
import { type Measure, valueOf, worstTensors } from "./tensorMap";

/** The ten tensors that hurt most, as bars. */
export function worstList(table: TensorErrorsTable, type: number, by: Measure): readonly Child[] {
  const worst = worstTensors(table, type, by, 10);
  const largest = worst[0]?.value ?? 1;
  return [
    h("h2", {}, by === "cost" ? "Cost most, nats" : "Largest relative error"),
    h(
      "ol",
      {},
      ...worst.map(({ tensor, value }) =>
        h(
          "li",
          { title: `${tensor.name}, ${formatBytes(tensor.bytes)}` },
          h("span", { class: "ellipsis" }, tensor.name.replace(/\.weight$/, "")),
          h("span", { class: "worst-bar", "aria-hidden": "true" }, h("i", { style: { width: `${largest > 0 ? Math.max(2, (100 * value) / largest) : 0}%` } })),
          h("span", { class: "worst-value" }, formatKl(value)),
        ),
      ),
    ),
  ];
}

/** Every tensor with its number in every type. */
export function tensorList(table: TensorErrorsTable, by: Measure): HTMLElement {
  return h(
    "table",
    {},
    h("caption", { class: "spoken" }, by === "cost" ? "Expected loss in nats by tensor and type" : "Relative error by tensor and type"),
    h("thead", {}, h("tr", {}, ...["Tensor", "Size", ...table.types].map((title, index) => h("th", { scope: "col", class: index > 0 ? "numeric" : "" }, title)))),
    h("tbody", {}, ...table.tensors.map((tensor) => h("tr", {}, h("th", { scope: "row" }, tensor.name), h("td", { class: "numeric" }, formatBytes(tensor.bytes)), ...table.types.map((_, type) => h("td", { class: "numeric" }, formatKl(valueOf(tensor, type, by))))))),
  );
}
