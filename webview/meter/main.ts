import "../shared.css";
import "../modelPanels.css";
import "./meter.css";
import { Requester } from "../../src/protocol/messenger";
import type { MeterEvent, MeterRequests } from "../../src/protocol/modelPanels";
import { connectHost, markReady } from "../host";
import { registerToolkit } from "../toolkit";
import { MeterView } from "./view";

const host = connectHost<undefined>();
registerToolkit();
const root = document.querySelector<HTMLElement>("#app") ?? document.body;
const requester = new Requester<MeterRequests, MeterEvent>(host, (event) => view.show(event.snapshot));
const view = new MeterView(root, { load: () => requester.request("load"), unload: () => requester.request("unload") });
requester
  .request("ready")
  .then((snapshot) => view.show(snapshot))
  .catch((error: unknown) => view.fail(error))
  .finally(markReady);
