namespace Tokaify;

/// <summary>What the caller can do about an error. The program that shows the error provides the text of the advice, because only it knows
/// the names of its settings: see <see cref="TokaifyClientOptions.WordAdvice"/>.</summary>
public enum ErrorAdvice
{
    /// <summary>Set <see cref="TokaifyConnection.ApiKey"/>.</summary>
    GiveKey,

    /// <summary>Check <see cref="TokaifyConnection.ApiKey"/>.</summary>
    CheckKey,

    /// <summary>Use an https address, or set <see cref="TokaifyConnection.AllowUnencryptedAuthentication"/>.</summary>
    UseHttps,

    /// <summary>Set <see cref="TokaifyConnection.ProxyCredential"/>.</summary>
    GiveProxyCredential,

    /// <summary>Name a model: <see cref="ModelCatalog"/> lists the known ones.</summary>
    NameModel,

    /// <summary>Check the model's name and <see cref="TokaifyConnection.BaseUri"/>.</summary>
    CheckModel,

    /// <summary>Use the model of the conversation, or begin another conversation.</summary>
    KeepModel,

    /// <summary>Send fewer requests at once, or try again later.</summary>
    SendFewer,

    /// <summary>Allow an attempt more time.</summary>
    RaiseTimeout,

    /// <summary>Free space, check permissions, or save in another folder.</summary>
    MakeRoom,

    /// <summary>Name a folder to save in.</summary>
    NameFolder,

    /// <summary>Specify the folder to save in separately from the output name.</summary>
    NameFolderApart,

    /// <summary>Name the files of the folder.</summary>
    NameFiles,

    /// <summary>Set a budget of 0 or more.</summary>
    RaiseBudget,

    /// <summary>Send without a budget.</summary>
    LeaveBudgetOut,

    /// <summary>Use a separate budget and a separate journal for each currency.</summary>
    SeparateCurrencies,

    /// <summary>Name a file that holds a saved conversation.</summary>
    NameConversationFile,

    /// <summary>Convert the journal to UTF-8.</summary>
    ConvertJournal,

    /// <summary>Use another model, or a key that may use this one.</summary>
    ChangeModel,
}
