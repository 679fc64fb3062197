"""Words about the people on a page: who is there, what they do, whose view is shown and followed."""

from typing import Final

from backend.present.words.ask import HELPFUL, NOT_HELPFUL

YOU: Final = "{name} (you)"
GUEST: Final = "Guest {number}"
"""The name of a person who gave none."""

DOES: Final[dict[str, str]] = {"watching": "watching", "typing": "typing", "away": "away"}
PERSON: Final = "{name}, {does}"
FOLLOWS: Final = "{name}, {does}, follows {other}"
HERE: Final = "{count} people are here: {names}"
COUNTED: Final = "{count} people are here"
TYPES: Final = "{name} is typing"
SEVERAL_TYPE: Final = "{count} people are typing"
JOINED: Final = "{name} is here."
LEFT: Final = "{name} has left."

PEOPLE: Final = "People"
YOUR_NAME: Final = "Your name"
SHOW_VIEW: Final = "Show my view to the others"
STOP_SHOWING: Final = "Stop showing my view"

OFFERS: Final = "{name} shows a view"
FOLLOW: Final = "Follow"
FOLLOWING: Final = "Following {name}"
STOP_FOLLOWING: Final = "Stop following"
RETURN: Final = "Return to {name}"
YOU_LEFT: Final = "You left the view of {name}"
SHOWING: Final = "You show your view: nobody follows yet"
SHOWING_TO_ONE: Final = "You show your view: 1 person follows"
SHOWING_TO_SEVERAL: Final = "You show your view: {count} people follow"
ELSEWHERE: Final = "{name} looks at something that this link does not lead to"
LOST: Final = "The connection to {name} is lost: waiting"

COMMENT: Final = "Comment"
COMMENT_HERE: Final = "Comment here"
ONE_COMMENT: Final = "1 comment"
COMMENTS: Final = "{count} comments"
COMMENTS_ON_RUN: Final = "Comments on this run"
NO_COMMENTS: Final = "No comments yet."
SOMEBODY: Final = "Somebody"
AT: Final = "at {moment}"
SAID_AT: Final = "{name} at {moment}: {text}"
COMMENTED: Final = "{name} has commented."
THUMBS: Final[dict[str, str]] = {"up": HELPFUL, "down": NOT_HELPFUL}
ON_RUN: Final = "Your comment on this run"
ON_MOMENT: Final = "Your comment at {moment}"
REPLY: Final = "Reply"
REPLY_TO: Final = "Your reply to {name}"
SEND_COMMENT: Final = "Send"
NOT_CONNECTED: Final = "The server cannot be reached now: try again in a moment."

BLIND_COMPARISON: Final = "Blind comparison"
WHICH_BETTER: Final = "Which answer is better?"
FIRST_BETTER: Final = "A is better"
BOTH_SAME: Final = "Both the same"
SECOND_BETTER: Final = "B is better"
NO_VOTES: Final = "No votes yet"
ONE_VOTE: Final = "1 vote"
VOTES: Final = "{count} votes"
SHOW_NAMES: Final = "Show the names"
RESULT: Final = "Votes: first answer {first}, second answer {second}, both the same {same}"

SCRIPT_WORDS: Final[dict[str, str | dict[str, str]]] = {
    "you": YOU,
    "guest": GUEST,
    "does": DOES,
    "person": PERSON,
    "follows": FOLLOWS,
    "here": HERE,
    "counted": COUNTED,
    "types": TYPES,
    "several_type": SEVERAL_TYPE,
    "joined": JOINED,
    "left": LEFT,
    "people": PEOPLE,
    "your_name": YOUR_NAME,
    "show_view": SHOW_VIEW,
    "stop_showing": STOP_SHOWING,
    "offers": OFFERS,
    "follow": FOLLOW,
    "following": FOLLOWING,
    "stop_following": STOP_FOLLOWING,
    "return": RETURN,
    "you_left": YOU_LEFT,
    "showing": SHOWING,
    "showing_to_one": SHOWING_TO_ONE,
    "showing_to_several": SHOWING_TO_SEVERAL,
    "elsewhere": ELSEWHERE,
    "lost": LOST,
    "comment": COMMENT,
    "comment_here": COMMENT_HERE,
    "one_comment": ONE_COMMENT,
    "comments": COMMENTS,
    "comments_on_run": COMMENTS_ON_RUN,
    "no_comments": NO_COMMENTS,
    "somebody": SOMEBODY,
    "at": AT,
    "said_at": SAID_AT,
    "commented": COMMENTED,
    "thumbs": THUMBS,
    "on_run": ON_RUN,
    "on_moment": ON_MOMENT,
    "reply": REPLY,
    "reply_to": REPLY_TO,
    "send_comment": SEND_COMMENT,
    "not_connected": NOT_CONNECTED,
    "blind_comparison": BLIND_COMPARISON,
    "which_better": WHICH_BETTER,
    "first_better": FIRST_BETTER,
    "both_same": BOTH_SAME,
    "second_better": SECOND_BETTER,
    "no_votes": NO_VOTES,
    "one_vote": ONE_VOTE,
    "votes": VOTES,
    "show_names": SHOW_NAMES,
    "result": RESULT,
}
"""All of them by the names that the pages' script knows them by."""
