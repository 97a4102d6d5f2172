import type { TensorRow } from "../../src/protocol/modelPanels";
import { h, replace } from "../dom";
import { formatBits, formatBytes, formatShare } from "../format";
import { matcher } from "../search";
import { bitClass, bitLegend } from "./bitClasses";
import { blockName, shapeWords } from "./tensorGroups";
import { type BlockTiles, type Tile, tilesOf } from "./tiles";
import { type Direction, neighbour } from "./treemap";

const directions: Readonly<Record<string, Direction>> = { ArrowLeft: "left", ArrowRight: "right", ArrowUp: "up", ArrowDown: "down" };

/** The bytes of a model as areas, coloured by bits per weight: the arrow keys walk, Enter points a tensor out, a line tells it. */
export class TreemapView {
  readonly #area = h("div", { class: "treemap", role: "listbox", "aria-label": "Tensors by size, coloured by bits per weight" });
  readonly #legend = h("div", { class: "legend bit-legend dim" });
  readonly #told = h("p", { class: "told" });
  readonly element = h("section", { class: "map", "aria-label": "Map of the tensors" }, this.#legend, this.#area, this.#told);
  #tensors: readonly TensorRow[] = [];
  #tiles: readonly { readonly tile: Tile; readonly element: HTMLElement }[] = [];
  #query = "";
  #selected: string | undefined;
  #drawnSize = "";

  constructor(private readonly onSelect: (name: string) => void) {
    this.#area.addEventListener("pointerover", (event) => this.#tell(this.#at(event.target)));
    this.#area.addEventListener("pointerleave", () => this.#tell(this.#selectedIndex()));
    this.#area.addEventListener("focusin", (event) => this.#tell(this.#at(event.target)));
    this.#area.addEventListener("click", (event) => this.#choose(this.#at(event.target)));
    this.#area.addEventListener("keydown", (event) => this.#onKey(event));
    new ResizeObserver(() => this.#draw()).observe(this.#area);
  }

  update(tensors: readonly TensorRow[], query: string, selected: string | undefined): void {
    if (this.#tensors !== tensors) {
      this.#tensors = tensors;
      this.#drawnSize = "";
      replace(this.#legend, ...bitLegend(tensors).map(({ bits, tone, share }) => legendKey(bits, tone, share)));
    }
    this.#query = query;
    this.#selected = selected;
    this.#draw();
    this.#mark();
  }

  /** Draws for the size that the area has now; nothing while it is hidden. */
  #draw(): void {
    const { clientWidth: width, clientHeight: height } = this.#area;
    const size = `${width} ${height}`;
    if (size === this.#drawnSize || width === 0) return;
    this.#drawnSize = size;
    const focused = this.#at(document.activeElement);
    const blocks = tilesOf(this.#tensors, width, height);
    this.#tiles = blocks.flatMap(({ tiles }) => tiles.map((tile) => ({ tile, element: tileElement(tile) })));
    replace(this.#area, ...blocks.flatMap((block) => (block.named ? [nameElement(block)] : [])), ...this.#tiles.map(({ element }) => element));
    this.#mark();
    if (focused !== undefined) this.#focus(Math.min(focused, this.#tiles.length - 1));
  }

  #mark(): void {
    const found = matcher(this.#query);
    for (const { tile, element } of this.#tiles) {
      const { name, type, block } = tile.tensor;
      element.classList.toggle("faded", !found(`${name} ${type} ${blockName(block)}`));
      element.setAttribute("aria-selected", String(name === this.#selected));
    }
    const current = Math.max(0, this.#selectedIndex() ?? 0);
    for (const [index, { element }] of this.#tiles.entries()) element.tabIndex = index === current ? 0 : -1;
    this.#tell(this.#at(document.activeElement) ?? this.#selectedIndex());
  }

  #tell(index: number | undefined): void {
    const tensor = index === undefined ? undefined : this.#tiles[index]?.tile.tensor;
    this.#told.classList.toggle("dim", !tensor);
    if (!tensor) return replace(this.#told, "Each area is a tensor, as large as its bytes. Point at one, or walk with the arrow keys.");
    const { name, type, shape, bytes, bitsPerWeight } = tensor;
    replace(this.#told, h("strong", { class: "foreign" }, name), h("span", {}, type), ...[shapeWords(shape), formatBytes(bytes), `${formatBits(bitsPerWeight)} bits per weight`].map((words) => h("span", { class: "dim" }, words)));
  }

  #choose(index: number | undefined): void {
    const tensor = index === undefined ? undefined : this.#tiles[index]?.tile.tensor;
    if (tensor) this.onSelect(tensor.name);
  }

  #focus(index: number): void {
    for (const [other, { element }] of this.#tiles.entries()) element.tabIndex = other === index ? 0 : -1;
    this.#tiles[index]?.element.focus();
  }

  #at(target: EventTarget | null): number | undefined {
    const index = this.#tiles.findIndex(({ element }) => element === target || (target instanceof Node && element.contains(target)));
    return index < 0 ? undefined : index;
  }

  #selectedIndex(): number | undefined {
    const index = this.#selected === undefined ? -1 : this.#tiles.findIndex(({ tile }) => tile.tensor.name === this.#selected);
    return index < 0 ? undefined : index;
  }

  #onKey(event: KeyboardEvent): void {
    const from = this.#at(event.target);
    const direction = directions[event.key];
    if (from === undefined) return;
    if (event.key === "Enter" || event.key === " ") this.#choose(from);
    else if (event.key === "Home" || event.key === "End") this.#focus(event.key === "Home" ? 0 : this.#tiles.length - 1);
    else if (direction) {
      const next = neighbour(this.#tiles.map(({ tile }) => tile.box), from, direction);
      if (next !== undefined) this.#focus(next);
    } else return;
    event.preventDefault();
  }
}

function tileElement({ tensor, box }: Tile): HTMLElement {
  const { name, role, type, bytes, bitsPerWeight } = tensor;
  const { bits, tone } = bitClass(bitsPerWeight);
  const label = box.width >= 44 && box.height >= 16 ? [h("span", {}, role || name), box.height >= 30 ? h("span", {}, type) : undefined] : [];
  return h(
    "div",
    { class: "tile", role: "option", tabindex: -1, "data-bits": bits, "aria-label": `${name}, ${type}, ${formatBytes(bytes)}, ${formatBits(bitsPerWeight)} bits per weight`, style: { ...placed(box), "--tone": `${Math.round(100 * tone)}%` } },
    ...label,
  );
}

function nameElement({ group, box }: BlockTiles): HTMLElement {
  const words = group.block < 0 ? "outside" : box.width >= 60 ? blockName(group.block) : String(group.block);
  return h("div", { class: "tile-block dim", "aria-hidden": "true", style: { left: `${box.x}px`, top: `${box.y}px`, width: `${box.width}px` } }, words);
}

function placed({ x, y, width, height }: Tile["box"]): Readonly<Record<string, string>> {
  return { left: `${x}px`, top: `${y}px`, width: `${width}px`, height: `${height}px` };
}

function legendKey(bits: string, tone: number, share: number): HTMLElement {
  return h("span", { class: "legend-key" }, h("i", { class: "swatch", "aria-hidden": "true", "data-bits": bits, style: { "--tone": `${Math.round(100 * tone)}%` } }), `${bits} bit ${formatShare(share, 0)}`);
}
