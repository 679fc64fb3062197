"""The Compare page's behaviour: get two runs, chosen or raced against each other, follow both, and stop both."""

import secrets
from collections.abc import AsyncGenerator, Mapping
from dataclasses import dataclass, replace
from typing import Protocol

from backend.client.agent_replies import OfferedAgent
from backend.client.errors import ClientError
from backend.client.replies import SignedInCaller
from backend.desk.backend_watch import wait_for_backend
from backend.desk.choices import Choice, RunsCall, agent_choices, latest_runs
from backend.desk.pair_stream import USUAL_PACE, Pace, PairCalls, PairStream, PairUpdate
from backend.desk.race import (
    Entrant,
    RaceCalls,
    plays_without_status,
    question_for,
    start_both,
    with_and_without_status,
)
from backend.desk.reader_rights import NO_RIGHTS, ReaderRights
from backend.desk.run_pair import BOTH, PairedRun, RunPair, Which
from backend.desk.run_recording import recording_of_run
from backend.present.pages.addresses import BLIND, FIRST, MOMENT, SECOND, moment_ms
from backend.present.pages.cards import pair_of, read_choice
from backend.present.pages.problem import Problem, problem_of, recording_of_file
from backend.present.pages.question_checks import question_problem
from backend.present.pages.run_titles import run_title
from backend.protocol.options import RunOptions
from backend.protocol.recordings import Recording, RecordingHeader


class CompareCalls(PairCalls, RaceCalls, RunsCall, Protocol):
    """The calls of the client that the Compare page needs."""

    async def agents(self) -> tuple[OfferedAgent, ...]:
        """The agents on offer."""

    async def me(self) -> SignedInCaller:
        """Who the reader is."""


@dataclass(frozen=True, slots=True)
class CompareOffer:
    """The lists on offer, and a notice above everything."""

    runs: tuple[Choice, ...] = ()
    agents: tuple[Choice, ...] = ()
    scenarios: tuple[Choice, ...] = ()
    """The agents that can be played without their status events."""
    question: str = ""
    """The question at the start."""
    notice: Problem | None = None
    sides: tuple[PairedRun | None, PairedRun | None] = (None, None)
    """The runs already on the page."""
    rights: ReaderRights = NO_RIGHTS
    """What the reader may do; nothing until it is known."""

    @property
    def complete(self) -> bool:
        """True if there are two runs."""
        return None not in self.sides

    @property
    def running(self) -> bool:
        """True if one of them is still running."""
        return any(side is not None and side.running for side in self.sides)

    @property
    def agents_to_begin_with(self) -> tuple[str, str]:
        """Two different agents, if there are two; empty names if there are none."""
        names = [choice.name for choice in self.agents[:2]] or [""]
        return names[0], names[-1]


class CompareDesk:
    """Opens, races and follows pairs of runs, for one backend."""

    def __init__(self, client: CompareCalls, pace: Pace = USUAL_PACE) -> None:
        self._client = client
        self._pace = pace

    async def arrive(self, pair: RunPair, address: Mapping[str, str]) -> AsyncGenerator[CompareOffer, None]:
        """Offer runs and agents, and open the runs in the address, unless they are open already. While the backend is
        away, the offer has a notice; this starts again by itself once it is back."""
        while True:
            notice = await self._open_named(pair, address)
            offer = await self.offer(pair)
            if notice is None and not pair.complete:
                notice = offer.notice or Problem("nothing_to_compare")
            yield replace(offer, notice=notice, sides=(pair.first, pair.second), rights=pair.rights)
            if notice is None or not notice.passes:
                return
            await wait_for_backend(self._client, self._pace.trials_every_s)

    async def offer(self, pair: RunPair) -> CompareOffer:
        """The lists to choose from; a notice and nothing else if the backend does not return them."""
        try:
            pair.rights = ReaderRights((await self._client.me()).role)
            offers = await self._client.agents()
        except ClientError as error:
            return CompareOffer(notice=problem_of(error))
        runs = await latest_runs(self._client)
        if isinstance(runs, Problem):
            return CompareOffer(notice=runs)
        listed = {choice.name for choice in runs}
        chosen = tuple(_choice(side) for side in pair.sides if side.run_id and side.run_id not in listed)
        played = agent_choices(offer for offer in offers if plays_without_status(offer))
        return CompareOffer(
            (*runs, *chosen),
            agent_choices(offers),
            played,
            question_for(offers[0]) if offers else "",
            rights=pair.rights,
        )

    async def choose(self, pair: RunPair, which: Which, run_id: str) -> Problem | None:
        """Open a run or a share on one side; an empty id clears the side. Returns the reason if it cannot be opened."""
        pair.blind = False
        if not run_id:
            pair.put(which, None)
            return None
        return _put(pair, which, await recording_of_run(self._client, run_id), run_id)

    async def press(self, pair: RunPair, choice: str) -> Problem | None:
        """Open the pair of runs whose card was pressed. Returns the reason if one of them cannot be opened."""
        kind, name = read_choice(choice)
        for which, run_id in zip(BOTH, pair_of(name) if kind == "pair" else (), strict=False):
            problem = await self.choose(pair, which, run_id)
            if problem is not None:
                return problem
        return None

    async def put_file(self, pair: RunPair, which: Which, data: bytes) -> Problem | None:
        """Open a recording from a file, which stays in this tab, on one side. Returns the reason if it cannot be
        opened."""
        return _put(pair, which, recording_of_file(data))

    async def race(
        self, pair: RunPair, question: str, first: str, second: str, *, blind: bool = False
    ) -> Problem | None:
        """Ask two agents one question at once. Returns the reason if not both could be started; then neither runs.

        ``blind``: the page does not say which is which, and chance decides which is the first.
        """
        sentence = question_problem(question)
        if sentence or not first or not second:
            return Problem("invalid_question", sentence)
        if blind and secrets.randbelow(2):
            first, second = second, first
        return await self._start_both(pair, question, (Entrant(first), Entrant(second)), blind=blind)

    async def race_status(self, pair: RunPair, scenario: str) -> Problem | None:
        """Play one scenario with and without its status events. Returns the reason if not both could be started."""
        if not scenario:
            return Problem("invalid_question")
        try:
            questions = {offer.agent: question_for(offer) for offer in await self._client.agents()}
        except ClientError as error:
            return problem_of(error)
        return await self._start_both(pair, questions.get(scenario, scenario), with_and_without_status(scenario))

    async def stop(self, pair: RunPair) -> tuple[str, ...]:
        """Stop the running ones; both are followed until they are over. Returns a sentence for each that could not be
        stopped."""
        sentences = []
        for side in pair.sides:
            if side.running:
                try:
                    await self._client.cancel(side.run_id)
                except ClientError as error:
                    sentences.append(error.sentence)
        return tuple(sentences)

    def follow(self, pair: RunPair) -> AsyncGenerator[PairUpdate, None]:
        """A complete pair as updates to draw: one if both are over, else until they are. See ``PairStream``."""
        return PairStream(self._client, pair, self._pace).updates()

    async def _open_named(self, pair: RunPair, address: Mapping[str, str]) -> Problem | None:
        """Open the sides in the address. A side that it no longer names is cleared, unless it is from a file."""
        wanted: dict[Which, str] = {"first": address.get(FIRST, ""), "second": address.get(SECOND, "")}
        serial = pair.serial
        for which, run_id in wanted.items():
            side = pair.first if which == "first" else pair.second
            known = side.run_id if side is not None else ""
            if any(wanted.values()) and run_id != known:
                problem = await self.choose(pair, which, run_id)
                if problem is not None:
                    return problem
        if pair.serial != serial:
            pair.blind = address.get(BLIND) == "1"
        if pair.serial != serial and address.get(MOMENT):
            pair.seek(moment_ms(address[MOMENT]))
        return None

    async def _start_both(
        self, pair: RunPair, question: str, both: tuple[Entrant, Entrant], *, blind: bool = False
    ) -> Problem | None:
        try:
            run_ids = await start_both(self._client, question, *both)
        except ClientError as error:
            return problem_of(error)
        for which, run_id, entrant in zip(BOTH, run_ids, both, strict=True):
            header = RecordingHeader(
                run_id=run_id, question=question, agent=entrant.agent, options=RunOptions(**entrant.options)
            )
            pair.put(which, PairedRun(Recording(header, ()), run_id))
        pair.blind = blind
        return None


def _put(pair: RunPair, which: Which, found: Recording | Problem, run_id: str = "") -> Problem | None:
    if isinstance(found, Problem):
        return found
    pair.put(which, PairedRun(found, run_id))
    return None


def _choice(side: PairedRun) -> Choice:
    header = side.recording.header
    return Choice(run_title(header.question, header.agent, header.created_at, None), side.run_id)
