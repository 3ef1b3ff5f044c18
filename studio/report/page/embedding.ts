interface Point {
  readonly text: string;
  /** Of its image in the sheet, as CSS. */
  readonly position: string;
}

/** Shows the image of a point that is pointed at, or that the arrow keys have come to. */
export function startEmbeddings(): void {
  for (const figure of document.querySelectorAll('[data-embedding]')) startEmbedding(figure);
}

/** Keys, and the way that each goes. */
const ways: { readonly [key: string]: readonly [number, number] } = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};

function startEmbedding(figure: Element): void {
  const plot = figure.querySelector<HTMLElement>('.plot');
  const shown = figure.querySelector<HTMLElement>('.shown');
  const data = figure.querySelector('script');
  const svg = figure.querySelector('svg');
  if (plot === null || shown === null || data === null || svg === null) return;
  const points = JSON.parse(data.textContent) as readonly Point[];
  const marks = [...svg.children];
  const places = marks.map(mark => (mark.getAttribute('transform') ?? '').match(/[\d.]+/g)!.map(Number));
  let current = -1;
  const show = (index: number) => {
    if (index < 0 || (index === current && !shown.hidden)) return;
    marks[current]?.classList.remove('current');
    current = index;
    const mark = marks[index]!;
    mark.classList.add('current');
    shown.hidden = false;
    shown.querySelector('.caption')!.textContent = points[index]!.text;
    const image = shown.querySelector<HTMLElement>('.pixels');
    if (image !== null) image.style.backgroundPosition = points[index]!.position;
    const [frame, at] = [plot.getBoundingClientRect(), mark.getBoundingClientRect()];
    const [x, y] = [at.left + at.width / 2 - frame.left, at.top + at.height / 2 - frame.top];
    shown.style.left = `${Math.min(Math.max(x - shown.offsetWidth / 2, 0), frame.width - shown.offsetWidth)}px`;
    const above = y - shown.offsetHeight - 14;
    shown.style.top = `${above >= 0 ? above : y + 14}px`;
  };
  const nearest = (x: number, y: number): number => {
    const distances = places.map(([atX = 0, atY = 0]) => (atX - x) ** 2 + (atY - y) ** 2);
    return distances.indexOf(Math.min(...distances));
  };
  plot.addEventListener('pointermove', event => {
    const { left, top, width } = svg.getBoundingClientRect();
    const scale = svg.viewBox.baseVal.width / width;
    show(nearest((event.clientX - left) * scale, (event.clientY - top) * scale));
  });
  plot.addEventListener('focus', () => show(current < 0 ? 0 : current));
  plot.addEventListener('keydown', event => {
    const way = ways[event.key];
    if (event.key === 'Escape') shown.hidden = true;
    if (way === undefined) return;
    event.preventDefault();
    show(nextOf(places, Math.max(current, 0), way));
  });
}

/** The nearest point on that way, of those that lie rather ahead than aside; the same point if there is none. */
function nextOf(
  places: readonly (readonly number[])[],
  from: number,
  [right, down]: readonly [number, number],
): number {
  const [x = 0, y = 0] = places[from] ?? [];
  let [best, shortest] = [from, Number.POSITIVE_INFINITY];
  for (const [i, [atX = 0, atY = 0]] of places.entries()) {
    const ahead = (atX - x) * right + (atY - y) * down;
    const aside = Math.abs((atX - x) * down) + Math.abs((atY - y) * right);
    const distance = ahead + 2 * aside;
    if (ahead <= 0 || aside > ahead || distance >= shortest) continue;
    [best, shortest] = [i, distance];
  }
  return best;
}
