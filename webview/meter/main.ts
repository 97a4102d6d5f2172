import "../shared.css";
import "../modelPanels.css";
import "./meter.css";
import type { MeterEvent, MeterRequests } from "../../src/protocol/modelPanels";
import { showFirst, startPanel } from "../start";
import { MeterView } from "./view";

const { root, requester } = startPanel<MeterRequests, MeterEvent>((event) => view.show(event.snapshot));
const view = new MeterView(root, { load: () => requester.request("load"), unload: () => requester.request("unload") });
showFirst(requester.request("ready"), view);
