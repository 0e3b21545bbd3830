"""A provider for OpenFeature (extra `openfeature`), which gives the answers that an export for flagd gives.

Flags are named as prompts and slots are. A string is a reference, `name@version`; an object has `ref`, `digest` and
`text`. Of the context count its targeting key and the attributes `tenant` and `flags`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NoReturn

from openfeature.exception import FlagNotFoundError, InvalidContextError, TypeMismatchError
from openfeature.flag_evaluation import FlagResolutionDetails
from openfeature.provider import AbstractProvider, Metadata

from promptctl.core.selection import RegimeUnmet, UnknownPrompt, UnlistedTenant

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from openfeature.evaluation_context import EvaluationContext
    from openfeature.flag_evaluation import FlagValueType

    from promptctl.runtime.record import Record
    from promptctl.runtime.resolver import Resolver


class PromptProvider(AbstractProvider):
    """Answers by a resolver. What a resolver raises becomes an error of OpenFeature, and the caller's default."""

    def __init__(self, resolver: Resolver) -> None:
        super().__init__()
        self._resolver = resolver

    def get_metadata(self) -> Metadata:
        return Metadata("promptctl")

    def resolve_string_details(
        self, flag_key: str, default_value: str, evaluation_context: EvaluationContext | None = None
    ) -> FlagResolutionDetails[str]:
        del default_value
        record = self._record(flag_key, evaluation_context)
        return _details(record, record.ref)

    def resolve_object_details(
        self,
        flag_key: str,
        default_value: Sequence[FlagValueType] | Mapping[str, FlagValueType],
        evaluation_context: EvaluationContext | None = None,
    ) -> FlagResolutionDetails[Sequence[FlagValueType] | Mapping[str, FlagValueType]]:
        del default_value
        record = self._record(flag_key, evaluation_context)
        return _details(record, {"ref": record.ref, "digest": record.digest, "text": record.text})

    def resolve_boolean_details(
        self,
        flag_key: str,
        default_value: bool,  # noqa: FBT001 - as OpenFeature calls it
        evaluation_context: EvaluationContext | None = None,
    ) -> NoReturn:
        del default_value, evaluation_context
        _mismatch(flag_key)

    def resolve_integer_details(
        self,
        flag_key: str,
        default_value: int,
        evaluation_context: EvaluationContext | None = None,
    ) -> NoReturn:
        del default_value, evaluation_context
        _mismatch(flag_key)

    def resolve_float_details(
        self,
        flag_key: str,
        default_value: float,
        evaluation_context: EvaluationContext | None = None,
    ) -> NoReturn:
        del default_value, evaluation_context
        _mismatch(flag_key)

    def _record(self, wanted: str, context: EvaluationContext | None) -> Record:
        attributes = context.attributes if context else {}
        tenant, flags = attributes.get("tenant"), attributes.get("flags") or ()
        if not (tenant is None or isinstance(tenant, str)) or not isinstance(flags, (list, tuple)):
            raise InvalidContextError("`tenant` must be text and `flags` a list of names")
        key = context.targeting_key if context else None
        try:
            return self._resolver.get(wanted, tenant=tenant, flags=[str(flag) for flag in flags], key=key)
        except UnknownPrompt as error:
            raise FlagNotFoundError(str(error)) from error
        except (UnlistedTenant, RegimeUnmet) as error:
            raise InvalidContextError(str(error)) from error


def _details(record: Record, value: Any) -> FlagResolutionDetails[Any]:
    known = {"flagSetId": record.environment, "reason": record.reason}
    commit = {"version": record.config_commit} if record.config_commit else {}
    return FlagResolutionDetails(value, reason=record.reason, variant=record.version, flag_metadata={**known, **commit})


def _mismatch(wanted: str) -> NoReturn:
    raise TypeMismatchError(f"{wanted} is a prompt: ask for a string, its reference, or for an object")
