import "../shared.css";
import "./tradeoffs.css";
import { Requester } from "../../src/protocol/messenger";
import type { TradeoffsEvent, TradeoffsRequests } from "../../src/protocol/panels";
import { connectHost, markReady } from "../host";
import { registerToolkit } from "../toolkit";
import { TradeoffsView } from "./view";
import { isViewState, type ViewState } from "./viewState";

const host = connectHost<ViewState>();
registerToolkit();
const root = document.querySelector<HTMLElement>("#app") ?? document.body;
const requester = new Requester<TradeoffsRequests, TradeoffsEvent>(host, (event) => view.show(event.snapshot));
const view = new TradeoffsView(
  root,
  {
    measure: (types) => requester.request("measure", { types }),
    stop: () => requester.request("stop"),
    quantize: (type) => requester.request("quantize", { type }),
    keep: (state) => host.keep(state),
  },
  host.restore(isViewState),
);
requester
  .request("ready")
  .then((snapshot) => view.show(snapshot))
  .catch((error: unknown) => view.fail(error))
  .finally(markReady);
