/* The explorer: the table inside <softmax-explorer> becomes a picture to take hold of.
   Of several copies on a page the first one counts. No build step, no request. */
(() => {
	"use strict";
	const NAME = "softmax-explorer";
	if (globalThis.customElements?.get(NAME)) return;

	// ---- numbers: the formulas of softmax_lib

	const same = (v) => v;
	const sum = (x) => x.reduce((total, v) => total + v, 0);

	const shares = (e, round = same) => {
		const total = round(sum(e));
		return e.map((v) => round(v / total));
	};

	const gaps = (z, T = 1) => {
		const m = Math.max(...z);
		return z.map((v) => (v - m) / T);
	};
	const softmax = (z, T) => shares(gaps(z, T).map(Math.exp));

	// -log p of every class. The largest term, which is 1, stays out of the sum.
	const losses = (z, T) => {
		const gap = gaps(z, T);
		const rest = gap.map(Math.exp);
		rest[gap.indexOf(0)] = 0;
		return gap.map((v) => Math.log1p(sum(rest)) - v);
	};

	// Where y is 1: minus the others, since p - 1 loses the digits of a sure answer.
	const gradient = (p, y, T) =>
		p.map((v, i) => (y[i] === 1 ? -sum(p.filter((_, c) => c !== i)) : v - y[i]) / T);

	const jacobian = (p, T) =>
		p.map((own, i) => {
			const row = p.map((other, j) => (i === j ? 0 : (-own * other) / T));
			row[i] = -sum(row);
			return row;
		});

	// The loss as the notes print it: the sum runs from c = i, over e^c.
	const misprint = (z, T) =>
		z.map((v, i) => Math.log(sum(z.map((_, c) => (c < i ? 0 : Math.exp(c + 1))))) - v / T);

	// The nearest float16: eleven binary digits, halves to even.
	const half = (x) => {
		const size = Math.abs(x);
		if (!(size < 65520)) return x * Infinity;
		const unit = 2 ** (Math.max(Math.floor(Math.log2(size)), -14) - 10);
		const anchor = 1.5 * 2 ** 52; // adding it leaves no place for a fraction
		return (x / unit + anchor - anchor) * unit;
	};
	const TYPES = [(x) => half(Math.fround(x)), Math.fround, same];

	const exp = (z, round) => z.map((v) => round(Math.exp(round(v))));
	const naive = (z, round) => shares(exp(z, round), round);
	const stable = (z, round) => softmax(z.map(round)).map(round);

	// The triangle, 300 by 260, without its edge.
	const spot = ([, right, top]) => [300 * right + 150 * top, 260 - 260 * top];
	const centred = (x, y, T) => {
		const top = 1 - y / 260;
		const right = (x - 150 * top) / 300;
		const logs = [1 - right - top, right, top].map((v) => Math.log(Math.max(v, 1e-3)));
		return logs.map((v) => T * (v - sum(logs) / 3));
	};
	const DOTS = [0.5, 3, 10];

	const rows = ({ view, z, T, y }) => {
		const across = (...all) => z.map((v, i) => [v, ...all.flatMap((x) => x[i])]);
		if (view === "overflow") {
			return [exp, naive, stable].flatMap((f) => across(...TYPES.map((round) => f(z, round))));
		}
		const p = softmax(z, T);
		if (view === "simplex") return across(p, ...DOTS.map((t) => softmax(z, t)));
		if (view === "derivative") return across(p, jacobian(p, T));
		if (!y) return across(p);
		const g = gradient(p, y, T);
		if (view === "definition") return across(p, g);
		return view === "backprop" ? across(p, y, g) : across(p, losses(z, T), misprint(z, T), g);
	};

	const loss = ({ z, T, y }) => sum(losses(z, T).map((v, c) => (y[c] ? y[c] * v : 0)));

	const text = (x, digits = 3) => {
		const size = Math.abs(x);
		const plain = size >= 5e-4 ? size < 1e4 : size === 0;
		const shown = plain ? x.toFixed(digits) : x.toExponential(1).replace("e+", "e");
		return shown.replace("Infinity", "inf").replace("NaN", "nan").replaceAll("-", "−");
	};

	// A bare engine, as in the tests, has no use for a page.
	if (!globalThis.customElements) return { centred, half, losses, rows, softmax, spot, text };

	// ---- the page

	const make = (tag, parent, properties) =>
		parent.appendChild(Object.assign(document.createElement(tag), properties));

	// Where e^z is neither 0 nor infinite.
	const ENDS = { float16: [-17.33, 11.09], float32: [-103.97, 88.72], float64: [-745.13, 709.78] };

	const open = (root) => {
		const state = JSON.parse(root.dataset.state);
		const { view, names } = state;
		const table = root.querySelector("table");
		const cells = [...table.rows].map((row) => row.querySelectorAll("td")).filter((r) => r.length);
		const picture = make("div", root, { className: "picture", ariaHidden: !state.picture, innerHTML: state.picture ?? "" });
		table.parentNode.before(make("p", root, { innerHTML: state.key }), picture);
		const panel = make("div", root, { className: "panel" });
		const status = make("p", root, { role: "status" });
		const refresh = [];
		root.dataset.ready = true;
		let all, saying;

		const draw = () => {
			all = rows(state);
			const sums = all[0].map((_, j) => +sum(all.map((row) => row[j])).toFixed(9));
			cells.forEach((row, i) =>
				row.forEach((td, j) => {
					const v = (all[i] ?? sums)[j];
					td.firstChild.data = text(v, j ? 3 : 2);
					td.toggleAttribute("data-lost", !isFinite(v));
					td.style.setProperty("--v", v);
					td.parentNode.style.setProperty(`--${td.className}`, v);
				}),
			);
			const shown = { T: text(state.T, 2), loss: state.y && text(loss(state)), truth: names[state.k] };
			for (const e of root.querySelectorAll("[data-value]")) e.textContent = shown[e.dataset.value];
			refresh.forEach((f) => f());
			say();
		};
		// A screen reader hears where a movement ends, not every step.
		const say = () => {
			clearTimeout(saying);
			saying = setTimeout(() => (status.textContent = its.say?.() ?? `Probabilities: ${list(1)}.`), 200);
		};

		const slider = (parent, name, [min, max, step], get, set, at = same) => {
			const input = make("input", parent, { type: "range", min, max, step, ariaLabel: name });
			input.oninput = () => {
				set(+input.value);
				draw();
			};
			refresh.push(() => {
				input.value = at(get());
				input.ariaValueText = text(get(), 2);
			});
		};
		const control = (name, ...how) => {
			const row = make("div", panel, { className: "control" });
			make("span", row, { textContent: name });
			slider(row, name, ...how);
			const shown = make("b", row);
			refresh.push(() => (shown.textContent = text(how[1](), 2)));
		};
		const button = (textContent, onclick) => make("button", panel, { textContent, onclick });
		const list = (j, skip = 0) =>
			names.map((name, i) => `${name}: ${text(all[i + skip][j])}`).join(", ");

		// ---- what each view adds, and what it says

		const wide = view === "overflow";
		const [bend, unbend] = wide ? [Math.asinh, Math.sinh] : [same, same];
		const reach = Math.max(wide ? 1000 : 10, ...state.z.map(Math.abs));
		const end = bend(reach);
		let shift = 0, rate = 1, steps = 0, entry = [0, 0], timer, player, point;

		const settled = () => all.every((row) => Math.abs(row[3]) < 0.01);
		const more = () => steps % 500 && !settled();
		const step = () => {
			state.z = all.map((row) => row[0] - rate * row[3]);
			steps += 1;
			draw();
		};
		const stop = () => {
			timer = clearTimeout(timer);
			player.textContent = "Play";
		};
		const play = () => {
			const calm = matchMedia("(prefers-reduced-motion)").matches;
			do step();
			while (calm && more());
			player.textContent = "Pause";
			if (more()) timer = setTimeout(play, 60);
			else stop();
		};

		const plot = (name, at, left, right, slope) => {
			const X = (v) => (300 * (v - left)) / (right - left);
			const Y = (v) => 180 - 30 * v;
			const { z, k } = state;
			const points = Array.from({ length: 161 }, (_, n) =>
				rows({ ...state, z: z.with(k, (n / 40 - 2) * reach) })[k],
			);
			const line = (j) => `M${points.map((v) => `${X(v[at])} ${Y(v[j])}`).join("L")}`;
			const [x, y] = [all[k][at], all[k][2]];
			const touch = [left, right].map((v) => `${X(v)} ${Y(y + slope * (v - x))}`).join("L");
			return `<svg viewBox="-14 -24 320 288">
				<text y="-9">loss as ${name} changes; slope ${text(slope)}</text><svg width="300" height="240">
				<path d="M0 180H300M0 0V240"/><path class="wrong" d="${line(3)}"/>
				<path class="right" d="${line(2)}"/><path class="slope" d="M${touch}"/>
				<circle class="${name}" cx="${X(x)}" cy="${Y(y)}" r="7"/></svg>
				<text x="-12" y="184">0</text><text x="-12" y="10">6</text>
				<text y="258">${text(left, 0)}</text><text x="280" y="258">${text(right, 0)}</text></svg>`;
		};

		const line = (name, runs) => {
			const d = runs.map((run) => `M${run.map(spot).join("L")}`).join("");
			picture.querySelector(`.${name}`).setAttribute("d", d);
		};
		const move = (x, y) => {
			state.z = centred(x, y, state.T);
			draw();
		};
		const drag = (event) => {
			// A touch scrolls.
			if (!event.buttons) return event.preventDefault();
			point.setPointerCapture(event.pointerId);
			const { a, e, f } = point.parentNode.getScreenCTM();
			move((event.clientX - e) / a, (event.clientY - f) / a);
		};
		const press = (key) => {
			const [x, y] = spot(softmax(state.z, state.T));
			const to = { Up: [x, y - 3], Down: [x, y + 3], Left: [x - 3, y], Right: [x + 3, y] }[key.slice(5)];
			if (to) move(...to);
			return to;
		};

		const place = (v) => 50 + (50 * bend(v)) / end;
		const rail = ([type, [low, high]], t) => {
			const marks = names.map((name, i) => {
				const e = all[i][t + 1];
				const fate = e ? (e < Infinity ? "" : " inf") : " 0";
				const at = `class="${fate && "lost"}" style="left:${place(all[i][0])}%"`;
				return `<i ${at}>${[...name][0]}${fate}</i>`;
			});
			const tick = (v) => `<u style="left:${place(v)}%">${text(v, 0)}</u>`;
			marks.push(...[-100, -10, 0, 10, 100].map(tick));
			return `<div class="rail"><span>${type}</span><div>
				<b data-low="${text(low, 2)}" data-high="${text(high, 2)}"
				style="left:${place(low)}%;right:${place(-high)}%"></b>${marks.join("")}</div></div>`;
		};

		const its = {
			definition: {
				open() {
					const add = (a) => {
						state.z = state.z.map((v) => v + a - shift);
						shift = a;
					};
					control("a, added to every logit", [-5, 5, 0.1], () => shift, add);
				},
			},
			simplex: {
				open() {
					const heard = { press, ontouchstart: drag, onpointerdown: drag, onpointermove: drag };
					point = Object.assign(picture.querySelector("g"), heard);
				},
				draw() {
					const { z, T } = state;
					line("right", [Array.from(Array(241), (_, n) => softmax(z, 10 ** (n / 20 - 6)))]);
					line("dots", DOTS.map((t) => Array(2).fill(softmax(z, t))));
					// Where one logit alone moves the point.
					line("rays", z.map((_, i) => [1e5, -1e5].map((v) => softmax(z.with(i, v), T))));
					point.setAttribute("transform", `translate(${spot(softmax(z, T))})`);
					point.ariaValueNow = 100 * all[0][1];
					point.ariaValueText = list(0);
				},
			},
			overflow: {
				draw: () => (picture.innerHTML = Object.entries(ENDS).map(rail).join("")),
				say() {
					const types = Object.keys(ENDS).map((type, t) => `${type} ${list(t + 1, names.length)}`);
					return `As written: ${types.join("; ")}.`;
				},
			},
			derivative: {
				open() {
					const look = ({ target }) => {
						entry = [target.parentNode.sectionRowIndex, target.cellIndex - 3];
						say();
					};
					const heard = { tabIndex: 0, onfocus: look, onpointerenter: look };
					for (const td of table.querySelectorAll("tbody .j")) Object.assign(td, heard);
				},
				say() {
					const [i, j] = entry;
					const rule = i === j ? "i = j, p (1 − p)" : "i ≠ j, −p p";
					const over = state.T === 1 ? "" : " / T";
					return `Slope of ${names[i]} as logit ${names[j]} rises: ${rule}${over} = ${text(all[i][j + 2])}`;
				},
			},
			"cross-entropy": {
				draw() {
					const [, p, , , g] = all[state.k];
					picture.innerHTML = plot("p", 1, 0, 1, -1 / p) + plot("z", 0, -reach, reach, g);
				},
				say() {
					const [, p, right, wrong, g] = all[state.k];
					const slopes = `slope in p ${text(-1 / p)}, in z ${text(g)}`;
					return `Loss ${text(right)}, ${slopes}; as printed ${text(wrong)}.`;
				},
			},
			backprop: {
				open() {
					for (const td of table.querySelectorAll("tbody .g")) make("b", make("i", td));
					control("η, the learning rate", [0.1, 5, 0.1], () => rate, (v) => (rate = v));
					button("Step", step);
					player = button("Play", () => (timer ? stop() : play()));
				},
				say: () => `Step ${steps}${settled() ? ", settled" : ""}: p − y is ${list(3)}.`,
			},
		}[view];

		names.forEach((name, i) => {
			const set = (v) => (state.z = state.z.with(i, unbend(v)));
			slider(cells[i][0], `logit ${name}`, [-end, end, wide ? end / 150 : 0.1], () => state.z[i], set, bend);
		});
		if (view === "definition" || state.picture || state.T !== 1) {
			const set = (s) => (state.T = 10 ** s);
			control("T, from cold to hot", [-1, 2, 0.02], () => state.T, set, Math.log10);
		}
		if (state.k !== null) {
			const select = make("select", make("label", panel, { textContent: "true class " }));
			names.forEach((name) => select.add(new Option(name)));
			select.onchange = () => {
				state.k = select.selectedIndex;
				state.y = names.map((_, c) => +(c === state.k));
				draw();
			};
			refresh.push(() => {
				select.selectedIndex = state.k;
				cells.forEach(([td], i) => td.parentNode.toggleAttribute("data-true", i === state.k));
			});
		}
		its.open?.();
		button("Reset", () => {
			Object.assign(state, JSON.parse(root.dataset.state));
			shift = steps = 0;
			if (timer) stop();
			draw();
		});
		refresh.push(its.draw ?? same);
		draw();
	};

	customElements.define(NAME, class extends HTMLElement {
		connectedCallback() {
			const ready = () => this.dataset.ready || open(this);
			if (document.readyState === "loading") addEventListener("DOMContentLoaded", ready);
			else ready();
		}
	});

	// Notebooks have shortcuts on the keys that move a slider, and Space scrolls.
	addEventListener("keydown", (event) => {
		const free = event.ctrlKey || event.metaKey || event.altKey || /Tab|Escape/.test(event.key);
		if (free || !event.target.closest?.(NAME)) return;
		event.stopPropagation();
		const { key, target } = event;
		if (target.press?.(key) || (key === " " && target.matches("input, td, g"))) event.preventDefault();
	}, true);
})();
