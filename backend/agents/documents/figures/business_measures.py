"""Names of one and the same measure: how a question calls it, and how tables of reports label it.

A plain list, made by hand from general business vocabulary, in the form that ``measure_words`` gives words: lower case,
singular, without little words. The first name of a line stands for all of them; a line that
begins with blanks belongs to the one before.
"""

_NAMES = """
revenue: net revenue, net sale, sale, turnover, net turnover, sale revenue, revenue net, topline, net operating
    revenue
cost of sale: cost revenue, cost sale, cost good sold, cost product sold, cogs
gross margin: gross profit, gross margin dollar
gross margin percentage: gross margin percent, gross profit margin, gross margin rate, gross margin ratio
operating expense: operating cost, operational expense, operational expenditure, operational spending, operational
    cost, operating expenditure, operating spending, opex, cost expense
research development: r&d, research development expense, research development cost
selling general administrative: sg&a, selling general administrative expense, sale general administrative
marketing general administrative: mg&a
sale marketing: marketing sale, marketing, selling marketing
operating income: operating profit, operating earning, income operation, operating result, income loss operation,
    profit operation, ebit, operating income loss
operating margin: operating profit margin, operating income percentage
pretax income: income before income tax, income before tax, income before provision income tax, profit before tax,
    earning before tax, income loss before income tax, income loss before tax, pre-tax income
income tax: provision income tax, income tax expense, provision tax, tax expense, tax provision, benefit provision
    income tax, provision benefit tax, provision benefit income tax, income tax expense benefit
effective tax rate: effective income tax rate, tax rate, reported tax rate, stated tax rate
statutory tax rate: statutory federal tax rate, statutory rate, statutory federal income tax rate, federal statutory
    rate
net income: net profit, net earning, earning, net result, profit period, profit year, profit after tax, net loss,
    net income loss, net profit loss
comprehensive income: total comprehensive income, comprehensive income loss
earning per share: eps, net income per share, income per share, diluted earning per share, basic earning per share,
    net income loss per share
operating cash flow: cash flow operating activity, cash provided operating activity, net cash provided operating
    activity, cash generated operating activity, net cash operating activity, net cash operation, cash flow
    operation, cash operation, net cash used operating activity, net cash provided used operating activity, net cash
    generated operating activity, cash provided operation, net cash flow operating activity, cash flow operation
    figure, cash inflow operating activity, operating activity cash flow
investing cash flow: cash flow investing activity, cash used investing activity, net cash used investing activity,
    net cash provided used investing activity, cash generated used investing activity, net cash investing activity,
    cash generated investing activity, cash used generated investing activity
financing cash flow: cash flow financing activity, cash used financing activity, net cash used financing activity,
    net cash provided used financing activity, cash generated used financing activity, net cash financing activity,
    cash generated financing activity, cash used generated financing activity
free cash flow: fcf
cash flow: liquidity cash flow
capital expenditure: capex, purchase property equipment, addition property equipment, addition property plant
    equipment, payment acquisition property plant equipment, purchase property plant equipment, purchase related
    property equipment intangible asset, gross capital expenditure, capital spending, acquisition property plant
    equipment
share repurchase: stock repurchase, share buyback, stock buyback, buyback, share buy-back, repurchase common stock,
    repurchase stock, common stock repurchased, common stock repurchase, repurchase share, payment related
    repurchase common stock, purchase treasury share, payment repurchase common stock, share repurchased, repurchase
    program, buyback program
dividend: dividend paid, cash dividend, cash dividend paid, payment dividend dividend equivalent, dividend declared,
    common stock cash dividend paid, payment dividend
dividend per share: cash dividend per share, dividend declared per share, cash dividend declared per share, dividend per
    common share, cash dividend declared per common share, cash dividend paid per share, dividend paid per share,
    dividend dividend equivalent declared per share rsu, dividend dividend equivalent declared per share
inventory: stock hand, inventory net
account receivable: receivable, trade receivable, account receivable net, account receivable trade
account payable: trade payable
deferred revenue: unearned revenue, contract liability
long-term debt: long term debt, term debt
debt: total debt, borrowing, debt outstanding, outstanding debt
interest expense: interest cost, finance cost
interest income: income interest
cash cash equivalent: cash and cash equivalent, cash equivalent, cash position, liquidity position, liquidity status
total asset: asset total
total liability: liability total
shareholder equity: stockholder equity, total equity, total shareholder equity, total stockholder equity, equity
goodwill:
depreciation amortization: amortization depreciation, depreciation
stock-based compensation: stock based compensation, share-based compensation, share based compensation, stock-based
    compensation expense, share-based payment, share-based compensation expense
restructuring: restructuring cost, restructuring charge, restructuring expense, severance
employee: headcount, workforce, staff, full-time equivalent, number employee
backlog: order backlog
ebitda: adjusted ebitda
advertising: advertising cost, advertising expense
"""


def _numbered() -> dict[tuple[str, ...], str]:
    found: dict[tuple[str, ...], str] = {}
    for line in _NAMES.strip().replace("\n ", " ").splitlines():
        first, _, others = line.partition(":")
        for name in (first, *others.split(",")):
            if words := tuple(word for word in name.split() if word not in ("of", "and")):
                found[words] = first
    return found


MEASURES: dict[tuple[str, ...], str] = _numbered()
"""Every name of a measure as words, with the name that stands for all."""

LONGEST_NAME: int = max(len(name) for name in MEASURES)
