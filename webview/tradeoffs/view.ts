import type { QuantType } from "../../src/protocol/model";
import type { TradeoffRow, TradeoffsSnapshot } from "../../src/protocol/panels";
import { h } from "../dom";
import { formatBytes } from "../format";
import { ProblemNotice, failureSentence } from "../notice";
import { AdviceBanner } from "./adviceBanner";
import { Chart } from "./chart";
import { Header } from "./header";
import { MachineCard } from "./machineCard";
import { type ChartData, chartPoints } from "./points";
import { canMeasure, commonLevels, isMainRow, type RowKey, rowKey, shownRow } from "./rows";
import { Table } from "./table";
import type { ViewState } from "./viewState";

/** What the view asks of the host. */
export interface TradeoffsActions {
  measure(types: readonly QuantType[]): Promise<void>;
  stop(): Promise<void>;
  quantize(type: QuantType): Promise<void>;
  keep(state: ViewState): void;
}

/** The whole panel: holds the snapshot and the person's choices, and hands both to its parts. */
export class TradeoffsView {
  readonly #header = new Header({ onMeasure: () => this.#measure(), onStop: () => this.#run(this.actions.stop()) });
  readonly #problem = new ProblemNotice();
  readonly #advice = new AdviceBanner((type) => this.#run(this.actions.quantize(type)));
  readonly #chart = new Chart({ onPoint: (key) => this.#light(key), onSelect: (key) => this.#select(key, true) });
  readonly #machine = new MachineCard();
  readonly #table = new Table({
    onTick: (type, ticked) => this.#tick(type, ticked),
    onTickMany: (which) => this.#tickMany(which),
    onShowAll: (all) => this.#showAll(all),
    onQuantize: (type) => this.#run(this.actions.quantize(type)),
    onSelect: (key) => this.#select(key, false),
    onLight: (key) => this.#light(key),
    onSort: (sort) => this.#change({ sort }),
  });
  /** Ticked when the list was last cut to the main rows: they keep their lines, so that none goes away under the pointer. */
  #pinned: ReadonlySet<QuantType>;
  #snapshot: TradeoffsSnapshot | undefined;
  #state: ViewState;
  /** Sentence of the last request that failed; goes when the next one is made. */
  #failure: string | undefined;
  /** The advised row that was scrolled to last: it happens once, so that it never works against the person's scrolling. */
  #revealed: RowKey | undefined;

  constructor(root: HTMLElement, private readonly actions: TradeoffsActions, state: ViewState | undefined) {
    this.#state = state ?? { model: "" };
    this.#pinned = new Set(this.#state.ticked);
    root.replaceChildren(
      this.#header.element,
      this.#problem.element,
      this.#advice.element,
      h("div", { class: "upper" }, this.#chart.element, this.#machine.element),
      this.#table.element,
    );
  }

  show(snapshot: TradeoffsSnapshot): void {
    this.#snapshot = snapshot;
    if (this.#state.model !== snapshot.model.path) this.#state = { model: snapshot.model.path };
    this.#draw();
  }

  fail(error: unknown): void {
    this.#failure = failureSentence(error);
    this.#problem.update(this.#snapshot?.problem ?? this.#failure);
  }

  #draw(): void {
    const snapshot = this.#snapshot;
    if (!snapshot) return;
    const shown = shownRow(snapshot, this.#state.selected);
    const selected = shown && rowKey(shown);
    const advised = snapshot.advice && snapshot.rows.find((row) => rowKey(row) === snapshot.advice?.type);
    const folded = new Set(snapshot.rows.filter((row) => !this.#hasLine(row, selected)).map(rowKey));
    const measuring = snapshot.progress !== undefined;
    this.#header.update(snapshot, this.#ticked().length);
    this.#problem.update(snapshot.problem ?? this.#failure);
    this.#advice.update(snapshot.advice, advised?.existing, measuring);
    this.#machine.update(snapshot, shown);
    this.#table.update(snapshot.rows, { ticked: new Set(this.#ticked()), selected, advised: advised && rowKey(advised), sort: this.#state.sort, measuring, folded, all: this.#state.all === true });
    this.#chart.update(chartData(snapshot), selected);
    if (advised && !measuring && this.#state.selected === undefined && this.#revealed !== rowKey(advised)) {
      this.#revealed = rowKey(advised);
      this.#table.reveal(this.#revealed);
    }
  }

  /** The levels that "Measure" would measure. Until the person ticks something: the common ones. */
  #ticked(): readonly QuantType[] {
    const rows = this.#snapshot?.rows ?? [];
    const wanted = this.#state.ticked ?? commonLevels(rows);
    return rows.filter(canMeasure).flatMap((row) => (row.type !== "unknown" && wanted.includes(row.type) ? [row.type] : []));
  }

  #tick(type: QuantType, ticked: boolean): void {
    const others = this.#ticked().filter((other) => other !== type);
    this.#change({ ticked: ticked ? [...others, type] : others });
  }

  #tickMany(which: "all" | "common" | "none"): void {
    const rows = this.#snapshot?.rows ?? [];
    const all = rows.filter(canMeasure).flatMap((row) => (row.type === "unknown" ? [] : [row.type]));
    this.#change({ ticked: which === "all" ? all : which === "common" ? commonLevels(rows) : [], ...(which === "all" && { all: true }) });
  }

  #showAll(all: boolean): void {
    this.#pinned = new Set(this.#ticked());
    this.#change({ all });
  }

  #hasLine(row: TradeoffRow, selected: RowKey | undefined): boolean {
    return this.#state.all === true || isMainRow(row) || rowKey(row) === selected || (row.type !== "unknown" && this.#pinned.has(row.type));
  }

  #measure(): void {
    this.#run(this.actions.measure(this.#ticked()));
  }

  #select(key: RowKey, reveal: boolean): void {
    this.#change({ selected: key });
    if (reveal) this.#table.reveal(key);
  }

  #light(key: RowKey | undefined): void {
    this.#table.light(key);
    this.#chart.light(key);
  }

  #change(change: Partial<ViewState>): void {
    this.#state = { ...this.#state, ...change };
    this.actions.keep(this.#state);
    this.#draw();
  }

  #run(request: Promise<void>): void {
    this.#failure = undefined;
    this.#problem.update(this.#snapshot?.problem);
    request.catch((error: unknown) => this.fail(error));
  }
}

function chartData(snapshot: TradeoffsSnapshot): ChartData {
  const points = chartPoints(snapshot);
  const drawn = new Set(points.map(({ key }) => key));
  return {
    points,
    unmeasured: snapshot.rows.flatMap((row) => (canMeasure(row) && row.size && !drawn.has(rowKey(row)) ? [row.size.bytes] : [])),
    limit: memoryLimit(snapshot),
    measuring: snapshot.progress !== undefined,
  };
}

/** Half way between the largest level that fits and the smallest that does not; absent where the levels agree. */
function memoryLimit({ rows, machine }: TradeoffsSnapshot): ChartData["limit"] {
  const gpu = machine.totalVideoMemory > 0;
  const fitting = (fit: string): boolean => (gpu ? fit === "gpu" : fit !== "no");
  const levels = rows.flatMap((row) => (canMeasure(row) && row.size && row.fit ? [{ bytes: row.size.bytes, fits: fitting(row.fit) }] : []));
  const largest = Math.max(...levels.filter(({ fits }) => fits).map(({ bytes }) => bytes));
  const smallest = Math.min(...levels.filter(({ fits }) => !fits).map(({ bytes }) => bytes));
  if (!Number.isFinite(largest) || !Number.isFinite(smallest) || smallest < largest) return undefined;
  return { bytes: (largest + smallest) / 2, words: `◂ fits ${gpu ? `the GPU's ${formatBytes(machine.totalVideoMemory, 0)}` : "in memory"}` };
}
