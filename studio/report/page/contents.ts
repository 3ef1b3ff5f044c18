/** Closes the list of contents on small pages, and marks in it the section that is being read. */
export function startContents(): void {
  const details = document.querySelector<HTMLDetailsElement>('[data-contents]');
  if (details === null) return;
  const isWide = matchMedia('(min-width: 1080px)');
  const fit = () => {
    details.open = isWide.matches;
  };
  fit();
  isWide.addEventListener('change', fit);
  const links = [...details.querySelectorAll('a')];
  for (const link of links) link.addEventListener('click', fit);
  const sections = [...document.querySelectorAll('main section')];
  const mark = () => {
    const read = sections.findLast(section => section.getBoundingClientRect().top < innerHeight / 3) ?? sections[0];
    for (const link of links) {
      if (link.hash === `#${read?.id}`) link.setAttribute('aria-current', 'true');
      else link.removeAttribute('aria-current');
    }
  };
  addEventListener('scroll', mark, { passive: true });
  mark();
}
