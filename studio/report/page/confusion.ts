interface CellImage {
  readonly position: string;
  readonly confidence: string;
}

const steps: { readonly [key: string]: readonly [number, number] } = {
  ArrowLeft: [0, -1],
  ArrowRight: [0, 1],
  ArrowUp: [-1, 0],
  ArrowDown: [1, 0],
};

/** Lets the cells of each confusion matrix be walked by arrow keys, and shows the images of the one that is chosen. */
export function startConfusion(): void {
  for (const figure of document.querySelectorAll<HTMLElement>('[data-confusion]')) startMatrix(figure);
}

function startMatrix(figure: HTMLElement): void {
  const panel = figure.querySelector<HTMLElement>('[data-cell-images]');
  const data = figure.querySelector('script');
  if (panel === null || data === null) return;
  const images = JSON.parse(data.textContent) as { readonly [cell: string]: readonly CellImage[] };
  const rows = [...figure.querySelectorAll('tbody tr')].map(row => [...row.querySelectorAll('button')]);
  const buttons = rows.flat();
  const focusable = (button: HTMLButtonElement): void => {
    for (const each of buttons) each.tabIndex = each === button ? 0 : -1;
  };
  const choose = (button: HTMLButtonElement): void => {
    focusable(button);
    for (const each of buttons) each.setAttribute('aria-pressed', String(each === button));
    showImages(panel, button.ariaLabel ?? '', images[button.dataset['cell'] ?? ''] ?? []);
  };
  for (const [row, cells] of rows.entries()) {
    for (const [column, button] of cells.entries()) {
      button.addEventListener('click', () => choose(button));
      button.addEventListener('keydown', event => {
        const step = steps[event.key];
        if (step === undefined) return;
        event.preventDefault();
        const next = nextCell(rows, row, column, step);
        if (next === undefined) return;
        focusable(next);
        next.focus();
      });
    }
  }
  const first = worst(buttons);
  if (first !== undefined) choose(first);
}

/** The next cell in a direction that has images. */
function nextCell(
  rows: readonly (readonly HTMLButtonElement[])[],
  row: number,
  column: number,
  [down, right]: readonly [number, number],
): HTMLButtonElement | undefined {
  for (let i = 1; i < rows.length; i++) {
    const next = rows[row + down * i]?.[column + right * i];
    if (next === undefined) return undefined;
    if (!next.disabled) return next;
  }
  return undefined;
}

/** The cell that is shown at first: of wrong answers that with the most. */
function worst(buttons: readonly HTMLButtonElement[]): HTMLButtonElement | undefined {
  const count = (button: HTMLButtonElement) => Number((button.textContent ?? '').replaceAll(',', ''));
  const wrong = buttons.filter(button => button.parentElement?.className === 'wrong');
  return wrong.sort((a, b) => count(b) - count(a))[0] ?? buttons.find(button => !button.disabled);
}

/** What is left out of a cell with many images. */
function shownOf(label: string, shown: number): string {
  const all = Number(label.slice(label.lastIndexOf(' ')).replaceAll(',', ''));
  return shown < all ? ` images, of which ${shown} are shown` : all === 1 ? ' image' : ' images';
}

function showImages(panel: HTMLElement, label: string, images: readonly CellImage[]): void {
  const heading = document.createElement('p');
  heading.className = 'figure-title';
  heading.textContent = label + shownOf(label, images.length);
  const list = document.createElement('ul');
  list.className = 'images';
  for (const { position, confidence } of images) {
    const item = document.createElement('li');
    item.className = 'cell';
    const pixels = document.createElement('span');
    pixels.className = `pixels ${panel.dataset['sheet']}`;
    pixels.style.backgroundPosition = position;
    const note = document.createElement('span');
    note.className = 'note';
    note.textContent = confidence;
    item.append(pixels, note);
    list.append(item);
  }
  panel.replaceChildren(heading, list);
}
