let count = 0;

/** A choice of one of a few names, the first at the start: radio buttons, so arrows move the choice. */
export function makeSwitch(label: string, names: readonly string[], choose: (name: string) => void): HTMLElement {
  const group = document.createElement('fieldset');
  group.className = 'switch';
  const legend = document.createElement('legend');
  legend.className = 'hidden';
  legend.textContent = label;
  group.append(legend);
  const groupName = `switch-${count++}`;
  for (const [i, name] of names.entries()) {
    const option = document.createElement('label');
    const input = document.createElement('input');
    input.type = 'radio';
    input.name = groupName;
    input.checked = i === 0;
    input.addEventListener('change', () => choose(name));
    const text = document.createElement('span');
    text.textContent = name;
    option.append(input, text);
    group.append(option);
  }
  return group;
}
