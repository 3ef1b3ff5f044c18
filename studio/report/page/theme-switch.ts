import type { ThemeName } from '../theme.ts';

const key = 'inkling-report-theme';
const systemIsDark = matchMedia('(prefers-color-scheme: dark)');
/** Told when the colours of the page have changed. */
const listeners: (() => void)[] = [];

/** What the page is shown in. */
export function currentTheme(): ThemeName {
  const chosen = document.documentElement.dataset['theme'];
  if (chosen === 'light' || chosen === 'dark') return chosen;
  return systemIsDark.matches ? 'dark' : 'light';
}

/** Calls a function whenever the colours of the page change. */
export function onThemeChange(listener: () => void): void {
  listeners.push(listener);
}

/** Browsers keep nothing for some pages that were opened as files; the choice is for this visit then. */
function kept(choice?: string): string | null {
  try {
    if (choice !== undefined) localStorage.setItem(key, choice);
    return localStorage.getItem(key);
  } catch {
    return null;
  }
}

/** Shows the switch between the colours of the system, light and dark. */
export function startThemeSwitch(): void {
  const tell = () => {
    for (const listener of listeners) listener();
  };
  systemIsDark.addEventListener('change', tell);
  const fieldset = document.querySelector<HTMLFieldSetElement>('[data-theme-switch]');
  if (fieldset === null) return;
  const choose = (choice: string): void => {
    if (choice === 'light' || choice === 'dark') document.documentElement.dataset['theme'] = choice;
    else delete document.documentElement.dataset['theme'];
  };
  const stored = kept() ?? 'system';
  choose(stored);
  for (const input of fieldset.querySelectorAll('input')) {
    input.checked = input.value === stored;
    input.addEventListener('change', () => {
      kept(input.value);
      choose(input.value);
      tell();
    });
  }
  fieldset.hidden = false;
}
