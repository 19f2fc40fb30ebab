namespace Tokaify;

/// <summary>The meaning of a service's code or message for an account, whatever the HTTP status is.</summary>
internal enum ServiceMeaning
{
    /// <summary>Not known: the status decides.</summary>
    Unknown,

    /// <summary>The code says that the account, or the key's share of it, is used up: no further request can succeed.</summary>
    AccountEmpty,

    /// <summary>The code says that the key or its owner is refused: no further request can succeed.</summary>
    KeyRefused,

    /// <summary>The balance is too low, according to a message or an ambiguous code.</summary>
    NoBalance,

    /// <summary>The key has no permission for this, or not from this network.</summary>
    NoAccess,

    /// <summary>A quota is used up: with status 429 one that is renewed, else that of the account.</summary>
    QuotaUsedUp,

    /// <summary>Too many requests in too short a time.</summary>
    RateLimit,

    /// <summary>There is no such model.</summary>
    ModelNotFound,
}

/// <summary>The codes that relays and the services behind them are known to use: <c>error.code</c>, <c>error.status</c>,
/// <c>error.type</c> and <c>error.details[].reason</c>.</summary>
/// <remarks>A code is compared as a whole, without case. The codes that a relay uses for its own users are final. A code of a service
/// behind it, such as <c>invalid_api_key</c>, may be about one of the relay's own keys, and the next request may use another key.</remarks>
internal static class ServiceCodes
{
    private static readonly Dictionary<string, ServiceMeaning> s_meanings = Table(
        (ServiceMeaning.AccountEmpty, """
            insufficient_user_quota pre_consume_token_quota_failed insufficient_token_quota token_quota_exhausted token_quota_not_enough
            token_exhausted user_quota_exhausted user_quota_not_enough insufficient_user_balance
            """),
        (ServiceMeaning.KeyRefused, """
            invalid_token token_invalid token_expired expired_token token_disabled token_status_unavailable token_not_provided user_disabled
            user_banned account_disabled account_banned account_suspended auth_user_disabled
            """),
        (ServiceMeaning.NoBalance, """
            insufficient_quota quota_not_enough insufficient_balance balance_not_enough insufficient_credit insufficient_credits
            insufficient_funds out_of_credits credit_balance_too_low billing_not_active billing_hard_limit_reached billing_disabled
            payment_required account_overdue arrearage
            """),
        (ServiceMeaning.NoAccess, """
            access_denied invalid_api_key api_key_invalid incorrect_api_key api_key_expired expired_api_key api_key_disabled invalid_key
            account_deactivated permission_error authentication_error
            """),
        (ServiceMeaning.QuotaUsedUp, "quota_exceeded quota_exhausted no_quota quota_error"),
        (ServiceMeaning.RateLimit, """
            rate_limit_exceeded rate_limit_error rate_limited rate_limit too_many_requests resource_exhausted requests_limit_exceeded
            token_concurrency_limit_reached entitlement_daily_limit_exceeded
            """),
        (ServiceMeaning.ModelNotFound, "model_not_found model_not_exist model_not_exists unknown_model"));

    /// <summary>Returns the meaning of the first known code.</summary>
    public static ServiceMeaning MeaningOf(ServiceError? error)
    {
        foreach (var code in new[] { error?.Code, error?.Reason, error?.Status, error?.Type })
        {
            if (code is not null && s_meanings.TryGetValue(code, out var meaning))
            {
                return meaning;
            }
        }

        return ServiceMeaning.Unknown;
    }

    private static Dictionary<string, ServiceMeaning> Table(params (ServiceMeaning Meaning, string Codes)[] rows)
    {
        var table = new Dictionary<string, ServiceMeaning>(StringComparer.OrdinalIgnoreCase);
        foreach (var (meaning, codes) in rows)
        {
            foreach (var code in codes.Split([' ', '\r', '\n'], StringSplitOptions.RemoveEmptyEntries))
            {
                table.Add(code, meaning);
            }
        }

        return table;
    }
}
