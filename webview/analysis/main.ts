import "../shared.css";
import "./analysis.css";
import "./clauses.css";
import "./statements.css";
import "./questions.css";
import "./comparison.css";
import type { AnalysisEvent, AnalysisRequests } from "../../src/protocol/panels";
import { showFirst, startPanel } from "../start";
import { AnalysisView } from "./view";
import { isViewState, type ViewState } from "./viewState";

const { root, host, requester } = startPanel<AnalysisRequests, AnalysisEvent, ViewState>(hear);
const view = new AnalysisView(
  root,
  {
    analyse: () => requester.request("analyse"),
    stop: () => requester.request("stop"),
    reveal: (args) => requester.request("reveal", args),
    revealPlace: (args) => requester.request("revealPlace", args),
    reject: (args) => requester.request("reject", args),
    write: (args) => requester.request("write", args),
    ask: (args) => requester.request("ask", args),
    forgetAnswers: () => requester.request("forgetAnswers"),
    chooseModel: () => requester.request("chooseModel"),
    compare: () => requester.request("compare"),
    exportLabels: () => requester.request("exportLabels"),
    closeComparison: () => requester.request("closeComparison"),
    keep: (state) => host.keep(state),
  },
  host.restore(isViewState),
);
showFirst(requester.request("ready"), view);

function hear(event: AnalysisEvent): void {
  switch (event.kind) {
    case "snapshot": return view.show(event.snapshot);
    case "select": return view.select(event.id);
    case "show": return view.showTab(event.tab);
  }
  event satisfies never;
}
