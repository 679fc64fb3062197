"""Which keys of a Plotly figure are drawn: names that are not listed here are left out with a notice.

The names are those of Plotly's reference (plotly.js 3) for traces that draw from their own data alone. Keys that fetch
something, that compute without a bound, or that no reader of an answer can use are not listed.
"""

import re
from typing import Final


def _names(text: str) -> frozenset[str]:
    return frozenset(text.split())


_EVERY_TRACE: Final = _names(
    "type name visible showlegend legend legendgroup legendgrouptitle legendrank legendwidth opacity ids uid meta "
    "customdata hoverinfo hoverlabel hovertemplate hovertemplatefallback hovertext text texttemplate "
    "texttemplatefallback textposition textfont textinfo textangle domain zorder uirevision"
)
_ON_AXES: Final = _names("x x0 dx y y0 dy xaxis yaxis xhoverformat yhoverformat orientation cliponaxis")
_BARS: Final = _names(
    "marker width offset offsetgroup alignmentgroup base error_x error_y constraintext insidetextanchor "
    "insidetextfont outsidetextfont selected unselected selectedpoints"
)
_LINES: Final = _names(
    "mode line marker connectgaps fill fillcolor fillpattern fillgradient error_x error_y hoveron stackgroup "
    "stackgaps groupnorm selected unselected selectedpoints alignmentgroup offsetgroup"
)
_COLOURED: Final = _names(
    "z zmin zmax zmid zauto zhoverformat colorscale colorbar coloraxis showscale reversescale autocolorscale"
)
_BOXES: Final = _names(
    "marker line fillcolor width jitter pointpos hoveron quartilemethod offsetgroup alignmentgroup "
    "selected unselected selectedpoints whiskerwidth"
)
_HIERARCHY: Final = _names(
    "labels parents values branchvalues count level maxdepth sort marker root leaf insidetextfont outsidetextfont "
    "insidetextorientation rotation tiling pathbar"
)
_PRICES: Final = _names("open high low close increasing decreasing line whiskerwidth tickwidth")

TRACE_KEYS: Final[dict[str, frozenset[str]]] = {
    kind: _EVERY_TRACE | keys
    for kind, keys in {
        "bar": _ON_AXES | _BARS,
        "box": _ON_AXES
        | _BOXES
        | _names(
            "boxpoints boxmean notched notchwidth notchspan q1 median q3 mean sd sdmultiple sizemode lowerfence "
            "upperfence showwhiskers"
        ),
        "candlestick": _ON_AXES | _PRICES,
        "contour": _ON_AXES
        | _COLOURED
        | _names("contours ncontours autocontour line connectgaps hoverongaps transpose xtype ytype fillcolor"),
        "funnel": _ON_AXES | _BARS | _names("connector"),
        "heatmap": _ON_AXES | _COLOURED | _names("xgap ygap zsmooth connectgaps hoverongaps transpose xtype ytype"),
        "histogram": _ON_AXES
        | _BARS
        | _names("xbins ybins nbinsx nbinsy autobinx autobiny bingroup histfunc histnorm cumulative"),
        "histogram2d": _ON_AXES
        | _COLOURED
        | _names("xbins ybins nbinsx nbinsy autobinx autobiny bingroup xbingroup ybingroup histfunc histnorm")
        | _names("xgap ygap zsmooth marker"),
        "indicator": _names("value mode number delta gauge title align"),
        "ohlc": _ON_AXES | _PRICES,
        "pie": _names(
            "labels values label0 dlabel marker hole pull rotation direction sort title automargin scalegroup"
        )
        | _names("scalegroup insidetextfont outsidetextfont insidetextorientation"),
        "sankey": _names("node link arrangement valueformat valuesuffix"),
        "scatter": _ON_AXES | _LINES,
        "scattergl": _ON_AXES | _LINES,
        "sunburst": _HIERARCHY,
        "treemap": _HIERARCHY,
        "violin": _ON_AXES | _BOXES | _names("box meanline points side scalegroup scalemode span spanmode bandwidth"),
        "waterfall": _ON_AXES | _BARS | _names("measure increasing decreasing totals connector"),
    }.items()
}
"""The keys of each type of trace that is drawn."""

CONTAINERS: Final = _names(
    "marker line colorbar error_x error_y increasing decreasing totals connector box meanline contours xbins ybins "
    "cumulative domain textfont insidetextfont outsidetextfont hoverlabel legendgrouptitle node link tiling root leaf "
    "pathbar gauge delta number selected unselected fillpattern fillgradient title subtitle font tickfont pattern "
    "gradient bar axis steps threshold labelfont grouptitlefont label minor legend rangeslider coloraxis grid "
    "uniformtext annotations shapes rangebreaks pad x y z meta tickformatstops"
)
"""Keys below which an object may stand."""

AXIS: Final = re.compile(r"[xy]axis(?:[2-9]|1\d)?\Z")
COLOUR_AXIS: Final = re.compile(r"coloraxis[2-9]?\Z")
AXIS_KEYS: Final = _names(
    "title type range autorange rangemode visible color categoryorder categoryarray side overlaying anchor domain "
    "position fixedrange showgrid gridcolor gridwidth griddash zeroline zerolinecolor zerolinewidth showline "
    "linecolor linewidth mirror layer matches scaleanchor scaleratio constrain constraintoward automargin hoverformat "
    "tickmode tick0 dtick nticks tickvals ticktext tickangle tickfont tickformat tickformatstops ticks ticklen "
    "tickwidth tickcolor ticklabelmode ticklabelposition ticklabelstep ticklabeloverflow tickprefix ticksuffix "
    "showticklabels showtickprefix showticksuffix tickson separatethousands exponentformat minexponent showexponent "
    "showdividers dividercolor dividerwidth minor rangeslider rangebreaks showspikes spikecolor spikemode "
    "spikethickness spikedash spikesnap autotypenumbers autotickangles labelalias autoshift shift uirevision"
)
LAYOUT_KEYS: Final = _names(
    "title showlegend legend barmode bargap bargroupgap barnorm barcornerradius boxmode boxgap boxgroupgap violinmode "
    "violingap violingroupgap funnelmode funnelgap funnelgroupgap waterfallmode waterfallgap waterfallgroupgap "
    "scattermode scattergap annotations shapes grid hovermode hoverdistance spikedistance colorway uniformtext "
    "separators piecolorway funnelareacolorway sunburstcolorway treemapcolorway extendpiecolors "
    "extendsunburstcolors extendtreemapcolors hidesources dragmode hoverlabel meta uirevision datarevision autosize "
    "paper_bgcolor plot_bgcolor template width height font margin colorscale autotypenumbers"
)
