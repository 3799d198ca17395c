// Draws the maps of one page of `cameo explain`. Everything it shows comes from the JSON in #data.
'use strict';
(() => {
  const $ = (id) => document.getElementById(id);
  const data = JSON.parse($('data').textContent);
  const NOT_FINITE = 65535;

  const state = {
    picture: 0,
    target: 0,  // position among the picture's classes
    key: data.results.length > 0 ? keyOf(data.results[0]) : '',
    share: {layer: 55, pixels: 100},  // percent of the map over the picture
    hidden: false,
    shared: false,
    colormap: '',
  };

  function bytesOf(text) {
    return Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
  }
  const colormaps = Object.fromEntries(
      Object.entries(data.colormaps).map(([name, text]) => [name, bytesOf(text)]));

  // What tells the maps of one picture and class apart.
  function keyOf(result) {
    return result.several_layers ? `${result.method} · ${result.layer}` : result.method;
  }
  function resultsHere() {
    return data.results.filter((r) => r.picture === state.picture);
  }
  function targetsHere() {
    return [...new Map(resultsHere().map((r) => [r.target, r.label])).entries()];
  }
  function choices() {
    const targets = targetsHere();
    const [target] = targets[Math.min(state.target, targets.length - 1)] ?? [''];
    return resultsHere().filter((r) => r.target === target);
  }
  function chosen() {
    const all = choices();
    return all.find((r) => keyOf(r) === state.key) ?? all[0];
  }

  // Raw values in reading order; NaN where the map is not finite.
  const decoded = new Map();
  function valuesOf(result) {
    if (!decoded.has(result)) {
      const codes = new Uint16Array(bytesOf(result.values).buffer);
      const step = (result.greatest - result.least) / (NOT_FINITE - 1);
      decoded.set(result, Float32Array.from(
          codes, (code) => code === NOT_FINITE ? NaN : result.least + code * step));
    }
    return decoded.get(result);
  }

  // The cells to both sides of a place (0…1) on a line of cells, and the share of the second.
  function tap(place, line, count, nearest) {
    if (nearest) {
      const at = Math.min(Math.floor(place * count), count - 1);
      return [at, at, 0];
    }
    const at = Math.min(Math.max((place - line[0]) / line[1], 0), count - 1);
    const low = Math.floor(at);
    return [low, Math.min(low + 1, count - 1), at - low];
  }
  function sample(result, values, across, down) {
    const left = values[down[0] * result.columns + across[0]];
    const right = values[down[0] * result.columns + across[1]];
    const above = left + across[2] * (right - left);
    const lowerLeft = values[down[1] * result.columns + across[0]];
    const lowerRight = values[down[1] * result.columns + across[1]];
    const below = lowerLeft + across[2] * (lowerRight - lowerLeft);
    return above + down[2] * (below - above);
  }
  const tapX = (result, x) => tap(x, result.cells[1], result.columns, result.nearest);
  const tapY = (result, y) => tap(y, result.cells[0], result.rows, result.nearest);

  // The values at the ends of the colours.
  function scaleOf(result) {
    if (!state.shared || result.counterfactual) return [result.low, result.high];
    const same = data.results.filter((r) => keyOf(r) === keyOf(result) && !r.counterfactual);
    return [Math.min(...same.map((r) => r.low)), Math.max(...same.map((r) => r.high))];
  }
  function colorsOf(result) {
    const name = result.counterfactual ? result.colormap : state.colormap || result.colormap;
    return colormaps[name];
  }

  function paint(canvas, result) {
    const values = valuesOf(result);
    const [low, high] = scaleOf(result);
    const colors = colorsOf(result);
    const context = canvas.getContext('2d');
    const image = context.createImageData(canvas.width, canvas.height);
    const columns = Array.from({length: canvas.width},
                               (_, x) => tapX(result, (x + 0.5) / canvas.width));
    for (let y = 0, to = 0; y < canvas.height; ++y) {
      const row = tapY(result, (y + 0.5) / canvas.height);
      for (let x = 0; x < canvas.width; ++x, to += 4) {
        const value = sample(result, values, columns[x], row);
        const place = high === low ? 0 : (value - low) / (high - low);
        const index = 3 * Math.round(255 * Math.min(Math.max(place || 0, 0), 1));
        image.data[to] = colors[index];
        image.data[to + 1] = colors[index + 1];
        image.data[to + 2] = colors[index + 2];
        image.data[to + 3] = 255;
      }
    }
    context.putImageData(image, 0, 0);
  }

  // A reconstruction is shown as the picture it resembles, unless other colours are asked for.
  const reconstructions = new Map();
  function reconstructionOf(result) {
    if (!result.reconstruction || state.colormap) return null;
    if (!reconstructions.has(result)) {
      const image = new Image();
      image.onload = draw;
      image.src = result.reconstruction;
      reconstructions.set(result, image);
    }
    return reconstructions.get(result);
  }
  function show(canvas, result) {
    const image = reconstructionOf(result);
    if (!image) return paint(canvas, result);
    if (image.complete) {
      canvas.getContext('2d').drawImage(image, 0, 0, canvas.width, canvas.height);
    }
  }

  function number(value) {
    return Number.isFinite(value) ? String(Number(value.toPrecision(3))) : 'not finite';
  }
  function percent(share) {
    return `${(100 * share).toFixed(1)} %`;
  }
  function withUnit(value, result) {
    return result.unit ? `${number(value)} ${result.unit}` : number(value);
  }

  function fill(list, items) {
    list.replaceChildren(...items);
  }
  function element(tag, text) {
    const made = document.createElement(tag);
    made.textContent = text;
    return made;
  }
  function options(select, names, at) {
    fill(select, names.map((name, i) => {
      const option = element('option', name);
      option.value = String(i);
      return option;
    }));
    select.selectedIndex = at;
  }

  function drawFacts(result) {
    const facts = [
      ['class', `${result.label} (${result.target})`],
      ['logit', number(result.logit)],
      ['probability', percent(result.probability)],
      ['layer', result.layer],
      ['map', result.shape.join(' × ')],
      ['values', `${number(result.minimum)} … ${withUnit(result.maximum, result)}`],
      ['time', `${number(result.milliseconds)} ms`],
    ];
    if (result.residual !== null) facts.push(['residual', number(result.residual)]);
    for (const [name, share] of Object.entries(result.energy)) {
      facts.push([`inside “${name}”`, share === null ? '–' : percent(share)]);
    }
    fill($('facts'), facts.flatMap(([name, text]) => [element('dt', name), element('dd', text)]));
    const method = data.methods[result.method];
    $('summary').textContent = `${result.method}: ${method.summary} (${method.paper}).`;
    fill($('warnings'), result.warnings.map((text) => element('li', text)));
    $('command').textContent = result.command;
  }

  function drawBar(result) {
    const bar = $('colors');
    const colors = colorsOf(result);
    const stops = Array.from({length: 33}, (_, i) => {
      const at = 3 * Math.round(255 * i / 32);
      return `rgb(${colors[at]},${colors[at + 1]},${colors[at + 2]})`;
    });
    bar.style.background = `linear-gradient(to top, ${stops.join(', ')})`;
    const [low, high] = scaleOf(result);
    $('low').textContent = number(low);
    $('high').textContent = withUnit(high, result);
    bar.parentElement.style.visibility = reconstructionOf(result) ? 'hidden' : '';
  }

  function drawShare(result) {
    $('share').value = String(state.share[result.kind]);
    $('map').style.opacity = state.hidden ? '0' : String(state.share[result.kind] / 100);
  }

  function drawOverview() {
    const current = chosen();
    fill($('overview'), choices().map((result) => {
      const button = element('button', '');
      const canvas = document.createElement('canvas');
      const picture = data.pictures[result.picture];
      const factor = 112 / Math.max(picture.width, picture.height);
      canvas.width = Math.max(1, Math.round(picture.width * factor));
      canvas.height = Math.max(1, Math.round(picture.height * factor));
      show(canvas, result);
      button.type = 'button';
      button.setAttribute('aria-pressed', String(result === current));
      button.append(canvas, keyOf(result) + (result.warnings.length > 0 ? ' ⚠' : ''));
      button.onclick = () => choose({key: keyOf(result)});
      return button;
    }));
  }

  function draw() {
    const result = chosen();
    if (!result) return;
    const picture = data.pictures[state.picture];
    const image = $('picture');
    if (image.src !== picture.source) image.src = picture.source;
    image.alt = picture.name;
    const canvas = $('map');
    canvas.width = picture.width;
    canvas.height = picture.height;
    canvas.setAttribute('aria-label', `${result.method} for ${result.label}`);
    show(canvas, result);
    drawShare(result);
    drawBar(result);
    drawFacts(result);
    drawOverview();
    options($('pictures'), data.pictures.map((p) => p.name), state.picture);
    $('pictures-label').hidden = data.pictures.length < 2;
    options($('targets'), targetsHere().map(([target, label]) => `${label} (${target})`),
            Math.min(state.target, targetsHere().length - 1));
    options($('methods'), choices().map(keyOf), choices().indexOf(result));
    options($('colormaps'), ['as the method asks', ...Object.keys(colormaps)],
            Object.keys(colormaps).indexOf(state.colormap) + 1);
    $('shared').checked = state.shared;
  }

  function choose(change) {
    Object.assign(state, change);
    state.key = chosen() ? keyOf(chosen()) : '';
    draw();
  }
  function stepMethod(by) {
    const all = choices();
    const at = (all.indexOf(chosen()) + by + all.length) % all.length;
    choose({key: keyOf(all[at])});
  }
  function stepTarget(by) {
    const count = targetsHere().length;
    choose({target: (Math.min(state.target, count - 1) + by + count) % count});
  }
  function stepPicture(by) {
    const count = data.pictures.length;
    choose({picture: (state.picture + by + count) % count});
  }
  function setShare(percentage) {
    state.share[chosen().kind] = Math.min(Math.max(percentage, 0), 100);
    state.hidden = false;
    drawShare(chosen());
  }
  function toggleTheme() {
    const root = document.documentElement;
    const dark = root.dataset.theme ? root.dataset.theme === 'dark' :
                                      matchMedia('(prefers-color-scheme: dark)').matches;
    root.dataset.theme = dark ? 'light' : 'dark';
  }

  const keys = {
    ArrowLeft: () => stepMethod(-1),
    ArrowRight: () => stepMethod(1),
    ArrowUp: () => stepTarget(-1),
    ArrowDown: () => stepTarget(1),
    '+': () => setShare(state.share[chosen().kind] + 10),
    '-': () => setShare(state.share[chosen().kind] - 10),
    ' ': () => {
      state.hidden = !state.hidden;
      drawShare(chosen());
    },
    ',': () => stepPicture(-1),
    '.': () => stepPicture(1),
    s: () => choose({shared: !state.shared}),
    t: toggleTheme,
  };
  document.addEventListener('keydown', (event) => {
    // Inside a control its own keys count.
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    if (event.target.closest('select, input')) return;
    if (event.key === ' ' && event.target.closest('button, summary')) return;
    const digit = Number.parseInt(event.key, 10);
    const act = digit >= 1 && digit <= targetsHere().length ?
        () => choose({target: digit - 1}) : keys[event.key];
    if (!act) return;
    event.preventDefault();
    act();
  });

  $('map').addEventListener('pointermove', (event) => {
    const result = chosen();
    const box = event.currentTarget.getBoundingClientRect();
    const x = Math.min(Math.max((event.clientX - box.left) / box.width, 0), 0.999999);
    const y = Math.min(Math.max((event.clientY - box.top) / box.height, 0), 0.999999);
    const value = sample(result, valuesOf(result), tapX(result, x), tapY(result, y));
    const column = Math.floor(x * data.pictures[state.picture].input_width);
    const row = Math.floor(y * data.pictures[state.picture].input_height);
    $('readout').textContent = `${withUnit(value, result)} at column ${column}, row ${row}`;
  });
  $('map').addEventListener('pointerleave', () => {
    $('readout').textContent = 'Point at the picture to read values.';
  });

  $('share').addEventListener('input', (event) => setShare(Number(event.target.value)));
  $('pictures').addEventListener('change', (e) => choose({picture: e.target.selectedIndex}));
  $('targets').addEventListener('change', (e) => choose({target: e.target.selectedIndex}));
  $('methods').addEventListener('change',
                                (e) => choose({key: keyOf(choices()[e.target.selectedIndex])}));
  $('colormaps').addEventListener('change', (e) => choose(
      {colormap: ['', ...Object.keys(colormaps)][e.target.selectedIndex]}));
  $('shared').addEventListener('change', (e) => choose({shared: e.target.checked}));
  $('theme').addEventListener('click', toggleTheme);
  $('model').textContent = data.model;
  draw();
})();
