import "../shared.css";
import "../modelPanels.css";
import "./inspector.css";
import { Requester } from "../../src/protocol/messenger";
import type { InspectorEvent, InspectorRequests } from "../../src/protocol/modelPanels";
import { connectHost, markReady } from "../host";
import { registerToolkit } from "../toolkit";
import { InspectorView } from "./view";
import { isViewState, type ViewState } from "./viewState";

const host = connectHost<ViewState>();
registerToolkit();
const root = document.querySelector<HTMLElement>("#app") ?? document.body;
const requester = new Requester<InspectorRequests, InspectorEvent>(host, (event) => view.show(event.snapshot));
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
requester
  .request("ready")
  .then((snapshot) => view.show(snapshot))
  .catch((error: unknown) => view.fail(error))
  .finally(markReady);
