import "../shared.css";
import "../modelPanels.css";
import "./inspector.css";
import type { InspectorEvent, InspectorRequests } from "../../src/protocol/modelPanels";
import { showFirst, startPanel } from "../start";
import { InspectorView } from "./view";
import { isViewState, type ViewState } from "./viewState";

const { root, host, requester } = startPanel<InspectorRequests, InspectorEvent, ViewState>((event) => view.show(event.snapshot));
const view = new InspectorView(
  root,
  {
    values: (args) => requester.request("values", args),
    copy: (args) => requester.request("copy", args),
    compare: () => requester.request("compare"),
    closeDiff: () => requester.request("closeDiff"),
    quantize: () => requester.request("quantize"),
    showTradeoffs: () => requester.request("showTradeoffs"),
    keep: (state) => host.keep(state),
  },
  host.restore(isViewState),
);
showFirst(requester.request("ready"), view);
