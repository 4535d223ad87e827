import { loadBundle } from "@web/core/assets";
import { cookie } from "@web/core/browser/cookie";
import { getCustomColor, hexToRGBA } from "@web/core/colors/colors";
import { Component, onWillStart, onWillUnmount, useEffect, useRef } from "@odoo/owl";

const scheme = () => cookie.get("color_scheme");

/**
 * Lines over time. ``shades`` are lists of ``{from, to, color, label}`` by place: stretches of the
 * background, drawn behind the lines.
 */
export class OrderLineChart extends Component {
    static template = "order_management.LineChart";
    static props = {
        labels: Array,
        datasets: Array,
        shades: { type: Array, optional: true },
        unit: { type: String, optional: true },
        height: { type: Number, optional: true },
    };

    setup() {
        this.canvas = useRef("canvas");
        this.chart = null;
        onWillStart(() => loadBundle("web.chartjs_lib"));
        useEffect(
            () => this.draw(),
            () => [JSON.stringify([this.props.labels, this.props.datasets, this.props.shades])]
        );
        onWillUnmount(() => this.chart?.destroy());
    }

    draw() {
        this.chart?.destroy();
        const grid = getCustomColor(scheme(), "#e7e9ed", "#3C3E4B");
        const text = getCustomColor(scheme(), "#374151", "#E4E4E4");
        const shades = this.props.shades || [];
        this.chart = new Chart(this.canvas.el, {
            type: "line",
            data: {
                labels: this.props.labels,
                datasets: this.props.datasets.map((set) => ({
                    borderWidth: 2,
                    pointRadius: 0,
                    pointHitRadius: 8,
                    spanGaps: false,
                    tension: 0,
                    ...set,
                })),
            },
            options: {
                animation: false,
                maintainAspectRatio: false,
                interaction: { mode: "index", intersect: false },
                plugins: {
                    legend: {
                        position: "bottom",
                        labels: {
                            boxWidth: 18,
                            boxHeight: 2,
                            color: text,
                            filter: (item) => !item.text.startsWith("_"),
                        },
                    },
                    tooltip: {
                        filter: (item) => !item.dataset.label.startsWith("_") && item.raw !== null,
                        callbacks: {
                            label: (item) =>
                                `${item.dataset.label}: ${Number(item.raw).toLocaleString(undefined, {
                                    maximumFractionDigits: 2,
                                })} ${this.props.unit || ""}`,
                            afterBody: (items) =>
                                shades
                                    .filter(
                                        (shade) =>
                                            items.length &&
                                            shade.from <= items[0].dataIndex &&
                                            shade.to >= items[0].dataIndex
                                    )
                                    .map((shade) => shade.label),
                        },
                    },
                },
                scales: {
                    x: {
                        grid: { display: false },
                        ticks: { color: text, maxRotation: 0, autoSkipPadding: 24 },
                    },
                    y: { beginAtZero: true, grid: { color: grid }, ticks: { color: text } },
                },
            },
            plugins: [{ id: "shades", beforeDatasetsDraw: (chart) => this.shade(chart, shades) }],
        });
    }

    shade(chart, shades) {
        const { ctx, chartArea, scales } = chart;
        const half = (scales.x.getPixelForValue(1) - scales.x.getPixelForValue(0)) / 2 || 4;
        ctx.save();
        for (const { from, to, color: fill } of shades) {
            const left = Math.max(scales.x.getPixelForValue(from) - half, chartArea.left);
            const right = Math.min(scales.x.getPixelForValue(to) + half, chartArea.right);
            ctx.fillStyle = hexToRGBA(fill, 0.18);
            ctx.fillRect(left, chartArea.top, right - left, chartArea.height);
        }
        ctx.restore();
    }
}
