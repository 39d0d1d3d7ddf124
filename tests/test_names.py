"""Names: their words, their cases and their plurals."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prisma_lsp.lint import names


@pytest.mark.parametrize(
    ("name", "snake"),
    [
        ("user", "user"),
        ("UserAccount", "user_account"),
        ("createdAt", "created_at"),
        ("userID", "user_id"),
        ("userIDs", "user_ids"),
        ("URLSlug", "url_slug"),
        ("URLs", "urls"),
        ("HTTPServerURL", "http_server_url"),
        ("address1", "address1"),
        ("address_1", "address_1"),
        ("addressLine2", "address_line2"),
        ("s3Key", "s3_key"),
        ("S3Key", "s3_key"),
        ("v1", "v1"),
        ("UserV2Beta", "user_v2_beta"),
        ("b2b", "b2b"),
        ("B2BOrder", "b2b_order"),
        ("B2bOrder", "b2b_order"),
        ("sha256Hash", "sha256_hash"),
        ("SHA256Hash", "sha256_hash"),
        ("MD5sum", "md5sum"),
        ("HbA1c", "hb_a1c"),
        ("i18nKey", "i18n_key"),
        ("has2FA", "has_2fa"),
        ("is2FAEnabled", "is_2fa_enabled"),
        ("xAxis", "x_axis"),
        ("oAuthToken", "oauth_token"),
        ("OAuth2Client", "oauth2_client"),
        ("GitHubAccount", "github_account"),
        ("myGitHubId", "my_github_id"),
        ("kWh", "kwh"),
        ("iCalUID", "ical_uid"),
        ("pH", "ph"),
        ("openAiKey", "openai_key"),
        ("Order Details", "order_details"),
        ("order-details", "order_details"),
        ("Order_Details", "order_details"),
        ("order__details", "order__details"),
        ("_UserName", "_user_name"),
        ("class_", "class_"),
        ("Class_", "class_"),
        ("ID", "id"),
        ("X", "x"),
        ("ORDER_LINE", "order_line"),
    ],
)
def test_snake(name: str, snake: str) -> None:
    assert names.snake(name) == snake
    assert names.is_snake(snake)


@pytest.mark.parametrize(
    ("name", "pascal", "camel"),
    [
        ("user", "User", "user"),
        ("user_account", "UserAccount", "userAccount"),
        ("USER_ACCOUNT", "UserAccount", "userAccount"),
        ("CUSTOMER", "Customer", "customer"),
        ("FAQ", "FAQ", "faq"),
        ("ID", "ID", "id"),
        ("URLs", "URLs", "urls"),
        ("user_id", "UserId", "userId"),
        ("user_ID", "UserID", "userID"),
        ("userID", "UserID", "userID"),
        ("URLSlug", "URLSlug", "urlSlug"),
        ("API_key", "APIKey", "apiKey"),
        ("User_URLSlug", "UserURLSlug", "userURLSlug"),
        ("OAuth2Client", "OAuth2Client", "oauth2Client"),
        ("GitHubId", "GitHubId", "githubId"),
        ("HTTPServerURL", "HTTPServerURL", "httpServerURL"),
        ("address_1", "Address1", "address1"),
        ("v1_2", "V1_2", "v1_2"),
        ("class_", "Class", "class_"),
        ("B2B_ORDER", "B2bOrder", "b2bOrder"),
    ],
)
def test_pascal_and_camel(name: str, pascal: str, camel: str) -> None:
    assert (names.pascal(name), names.camel(name)) == (pascal, camel)


@pytest.mark.parametrize(
    ("name", "upper"),
    [
        ("pending", "PENDING"),
        ("inProgress", "IN_PROGRESS"),
        ("InProgress", "IN_PROGRESS"),
        ("in_progress", "IN_PROGRESS"),
        ("en_US", "EN_US"),
        ("TLS1_2", "TLS1_2"),
        ("A", "A"),
        ("m", "M"),
        ("Mp3", "MP3"),
        ("iOS", "IOS"),
        ("US__EAST", "US__EAST"),
        ("x86_64", "X86_64"),
    ],
)
def test_upper_snake(name: str, upper: str) -> None:
    assert names.upper_snake(name) == upper
    assert names.is_upper_snake(upper)


IDENTIFIER = st.from_regex(r"[A-Za-z][A-Za-z0-9_]{0,15}", fullmatch=True)
ANY_NAME = IDENTIFIER | st.text(min_size=1, max_size=12)


@given(IDENTIFIER)
def test_what_comes_out_is_in_the_case(name: str) -> None:
    assert names.is_snake(names.snake(name)) or not names.words(name)
    assert names.is_upper_snake(names.upper_snake(name))
    assert names.is_pascal(names.pascal(name))
    assert names.is_camel(names.camel(name))


@given(ANY_NAME)
def test_a_second_time_changes_nothing(name: str) -> None:
    for turn in (names.snake, names.upper_snake, names.pascal, names.camel):
        once = turn(name)
        assert turn(once) == once


@given(IDENTIFIER)
def test_no_letter_is_lost(name: str) -> None:
    letters = name.replace("_", "").lower()
    for turn in (names.snake, names.upper_snake, names.pascal, names.camel):
        assert turn(name).replace("_", "").lower() == letters


@given(IDENTIFIER.map(names.snake))
def test_numbers_settle(name: str) -> None:
    assert names.plural(names.plural(name)) == names.plural(name)
    assert names.singular(names.singular(name)) == names.singular(name)
    assert names.is_plural(names.plural(name))
    assert names.is_singular(names.singular(name))


@pytest.mark.parametrize(
    ("one", "many"),
    [
        ("user", "users"),
        ("order_line", "order_lines"),
        ("category", "categories"),
        ("person", "people"),
        ("status", "statuses"),
        ("index", "indexes"),
        ("basis", "bases"),
        ("order_v2", "orders_v2"),
        ("order_2024", "orders_2024"),
        ("unit_of_measure", "units_of_measure"),
        ("user_on_team", "user_on_teams"),
        ("order_history", "order_history"),
        ("feedback", "feedback"),
        ("user_address1", "user_address1"),
        ("event_raw", "events_raw"),
        ("metric_daily", "metrics_daily"),
        ("model_3d", "models_3d"),
        ("out_of_office_entry", "out_of_office_entries"),
        ("tags_on_post_vote", "tags_on_post_votes"),
    ],
)
def test_plural(one: str, many: str) -> None:
    assert names.plural(one) == many
    assert names.is_plural(many)
    assert names.is_singular(one)
    assert names.singular(many) in (one, many)


@pytest.mark.parametrize(
    "name",
    [
        *("users", "users_old", "users_2024", "data", "news", "series", "media", "user_metadata"),
        *("indices", "order_history", "users_on_teams", "users_by_day", "units_of_measure", "sms"),
        *("stock", "settings", "analytics", "_users", "größe", "x"),
    ],
)
def test_acceptable_plurals(name: str) -> None:
    assert names.is_plural(name)


@pytest.mark.parametrize(
    "name",
    ["user", "data", "user_settings", "status", "order_details", "basis", "news", "axis", "alias"],
)
def test_acceptable_singulars(name: str) -> None:
    assert names.is_singular(name)


def test_singular() -> None:
    assert names.singular("units_of_measure") == "unit_of_measure"
    assert names.singular("order_lines") == "order_line"
    assert names.singular("orders_v2") == "order_v2"
