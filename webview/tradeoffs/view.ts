import type { RowKey, TradeoffRow, TradeoffsRequests, TradeoffsSnapshot } from "../../src/protocol/panels";
import type { Handlers } from "../../src/protocol/messenger";
import { h } from "../dom";
import { ProblemNotice, WarningNotice, failureSentence } from "../notice";
import { AdviceBanner } from "./adviceBanner";
import { Calibration } from "./calibration";
import { Chart } from "./chart";
import { measuringCost } from "./cost";
import { Header } from "./header";
import { Levels } from "./levels";
import { MachineCard } from "./machineCard";
import { MixForm } from "./mixForm";
import { chartData } from "./points";
import { onChosenMachine } from "./known";
import { commonKeys, findRow, isMainRow, isMeasuring, measurableKeys, shownRow } from "./rows";
import type { ViewState } from "./viewState";

/** What the view asks of the host. */
export type TradeoffsActions = { readonly [K in keyof Omit<TradeoffsRequests, "ready">]: (...args: Parameters<Handlers<TradeoffsRequests>[K]>) => Promise<Awaited<ReturnType<TradeoffsRequests[K]>>> } & {
  keep(state: ViewState): void;
};

/** The whole panel: holds the snapshot and the person's choices, and hands both to its parts. */
export class TradeoffsView {
  readonly #header: Header;
  readonly #problem = new ProblemNotice();
  readonly #warning = new WarningNotice();
  readonly #advice: AdviceBanner;
  readonly #chart: Chart;
  readonly #machine: MachineCard;
  readonly #calibration: Calibration;
  readonly #mix: MixForm;
  readonly #levels: Levels;
  /** Ticked when the list was last cut to the main rows: they keep their lines, so that none goes away under the pointer. */
  #pinned: ReadonlySet<RowKey>;
  #snapshot: TradeoffsSnapshot | undefined;
  #state: ViewState;
  /** Sentence of the last request that failed; goes when the next one is made. */
  #failure: string | undefined;
  /** The advised row that was scrolled to last: it happens once, so that it never works against the person's scrolling. */
  #revealed: RowKey | undefined;

  constructor(root: HTMLElement, private readonly actions: TradeoffsActions, state: ViewState | undefined) {
    this.#state = state ?? { model: "" };
    this.#pinned = new Set(this.#state.ticked);
    const run = (request: Promise<unknown>): void => this.#run(request);
    const quantize = (key: RowKey): void => run(actions.quantize({ key }));
    this.#header = new Header({
      onMeasure: () => run(actions.measure({ keys: this.#ticked() })),
      onStop: () => run(actions.stop()),
      onChooseText: () => run(actions.chooseText()),
      onExport: () => run(actions.exportReport()),
    });
    this.#advice = new AdviceBanner({ onQuantize: quantize, onTask: (task, stake) => run(actions.setTask({ task, stake })) });
    this.#chart = new Chart({ onPoint: (key) => this.#light(key), onSelect: (key) => this.#select(key, true), onAxis: (axis) => this.#change({ axis }) });
    this.#machine = new MachineCard({
      onMachine: (id) => run(actions.setMachine({ id })),
      onContext: (context) => run(actions.setContext({ context })),
      onCacheType: (cacheType) => run(actions.setCacheType({ cacheType })),
    });
    this.#calibration = new Calibration({ onCalibrate: () => run(actions.calibrate()), onChooseMatrix: () => run(actions.chooseMatrix()) });
    this.#mix = new MixForm(async (goal) => this.#addMix((await actions.findMix(goal)).key));
    this.#levels = new Levels({
      onTick: (key, ticked) => this.#tick(key, ticked),
      onTickAll: (ticked) => this.#change(ticked ? { ticked: this.#measurable(), all: true } : { ticked: [] }),
      onTickCommon: () => this.#change({ ticked: commonKeys(this.#snapshot?.rows ?? []) }),
      onShowAll: (all) => this.#showAll(all),
      onQuantize: quantize,
      onSelect: (key) => this.#select(key, false),
      onLight: (key) => this.#light(key),
      onSort: (sort) => this.#change({ sort }),
      onView: (view) => this.#change({ view }),
      onChoose: (tensors) => this.#change({ tensors }),
      tensorErrors: () => actions.tensorErrors(),
    });
    root.replaceChildren(
      this.#header.element,
      this.#problem.element,
      this.#warning.element,
      this.#advice.element,
      h("div", { class: "upper" }, this.#chart.element, h("div", { class: "card side" }, this.#machine.element, this.#calibration.element, this.#mix.element)),
      this.#levels.element,
    );
  }

  show(snapshot: TradeoffsSnapshot): void {
    this.#snapshot = onChosenMachine(snapshot);
    this.#remember(snapshot);
    this.#draw();
  }

  fail(error: unknown): void {
    this.#failure = failureSentence(error);
    this.#problem.update(this.#snapshot?.problem ?? this.#failure);
  }

  #draw(): void {
    const snapshot = this.#snapshot;
    if (!snapshot) return;
    const { rows, advice } = snapshot;
    const shown = shownRow(snapshot, this.#state.selected);
    const advised = findRow(rows, advice?.key);
    const measuring = isMeasuring(snapshot);
    const measurable = new Set(measurableKeys(snapshot));
    const ticked = this.#ticked();
    this.#header.update(snapshot, measuringCost(rows, ticked, snapshot.baseSeconds), rows.some(({ key, unfinished }) => unfinished !== undefined && ticked.includes(key)), measuring);
    this.#problem.update(snapshot.problem ?? this.#failure);
    this.#warning.update(snapshot.warning);
    this.#advice.update(snapshot, advised);
    this.#machine.update(snapshot, shown);
    this.#calibration.update(snapshot);
    this.#mix.update(snapshot.model.bytes, measuring);
    const folded = new Set(rows.filter((row) => !this.#hasLine(row, shown?.key)).map(({ key }) => key));
    this.#levels.update(snapshot, { ticked: new Set(ticked), selected: shown?.key, advised: advised?.key, sort: this.#state.sort, measuring, measurable, folded }, this.#state);
    this.#chart.update(chartData(snapshot, this.#state.axis ?? "size"), shown?.key, snapshot.forecastNote);
    if (advised && !measuring && this.#state.selected === undefined && this.#revealed !== advised.key) {
      this.#revealed = advised.key;
      this.#levels.reveal(advised.key);
    }
  }

  /** What the editor needs to bring the panel back after a reload: the model, and the document that is measured on. */
  #remember({ model, text }: TradeoffsSnapshot): void {
    const document = text.kind === "document" ? text.name : undefined;
    if (this.#state.model === model.path && this.#state.document === document) return;
    this.#state = { ...(this.#state.model === model.path && this.#state), model: model.path, document };
    this.actions.keep(this.#state);
  }

  #measurable(): readonly RowKey[] {
    return this.#snapshot ? measurableKeys(this.#snapshot) : [];
  }

  /** The rows that "Measure" would measure. Until the person ticks something: the common ones. */
  #ticked(): readonly RowKey[] {
    const wanted = this.#state.ticked ?? commonKeys(this.#snapshot?.rows ?? []);
    return this.#measurable().filter((key) => wanted.includes(key));
  }

  #tick(key: RowKey, ticked: boolean): void {
    const others = this.#ticked().filter((other) => other !== key);
    this.#change({ ticked: ticked ? [...others, key] : others });
  }

  /** A mix that was asked for is looked at, and measured with the rest. */
  #addMix(key: RowKey): void {
    if (this.#state.ticked) this.#change({ ticked: [...this.#state.ticked, key] });
    this.#select(key, true);
  }

  #showAll(all: boolean): void {
    this.#pinned = new Set(this.#ticked());
    this.#change({ all });
  }

  #hasLine(row: TradeoffRow, selected: RowKey | undefined): boolean {
    return this.#state.all === true || isMainRow(row) || row.key === selected || this.#pinned.has(row.key);
  }

  #select(key: RowKey, reveal: boolean): void {
    this.#change({ selected: key });
    if (reveal) this.#levels.reveal(key);
  }

  #light(key: RowKey | undefined): void {
    this.#levels.light(key);
    this.#chart.light(key);
  }

  #change(change: Partial<ViewState>): void {
    this.#state = { ...this.#state, ...change };
    this.actions.keep(this.#state);
    this.#draw();
  }

  #run(request: Promise<unknown>): void {
    this.#failure = undefined;
    this.#problem.update(this.#snapshot?.problem);
    // Drawing again puts back a choice that was given up in the editor's own pickers.
    void request.catch((error: unknown) => this.fail(error)).finally(() => this.#draw());
  }
}
