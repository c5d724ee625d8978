"""Pictures before they are drawn: what they show, and the sentences that say what is to be seen."""

from conversations.pictures.before_after import change_picture
from conversations.pictures.findings import (
    funnel_picture,
    groups_picture,
    heat_picture,
    reasons_picture,
    trend_picture,
)
from conversations.pictures.shapes import (
    Bar,
    Cell,
    Change,
    ChangePicture,
    FunnelPicture,
    GroupsPicture,
    HeatPicture,
    Period,
    Picture,
    ReasonsPicture,
    Said,
    TrendPicture,
    picture_from,
    plain,
)

__all__ = [
    "Bar",
    "Cell",
    "Change",
    "ChangePicture",
    "FunnelPicture",
    "GroupsPicture",
    "HeatPicture",
    "Period",
    "Picture",
    "ReasonsPicture",
    "Said",
    "TrendPicture",
    "change_picture",
    "funnel_picture",
    "groups_picture",
    "heat_picture",
    "picture_from",
    "plain",
    "reasons_picture",
    "trend_picture",
]
