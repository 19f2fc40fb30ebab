namespace Tokaify.Emulation;

/// <summary>The fields of <c>GenerateContentRequest</c> and of the messages in it, as version v1beta of the API defines them.</summary>
internal static class GenerateContent
{
    private static readonly WireMessage s_blob = new("Blob", WireField.Text("mime_type"), WireField.Bytes("data"));

    private static readonly WireMessage s_part = new(
        "Part",
        WireField.Text("text"),
        WireField.Of("inline_data", s_blob),
        WireField.Any("file_data"),
        WireField.Any("function_call"),
        WireField.Any("function_response"),
        WireField.Any("executable_code"),
        WireField.Any("code_execution_result"),
        WireField.Any("video_metadata"),
        WireField.Any("part_metadata"),
        WireField.Any("media_resolution"),
        WireField.Flag("thought"),
        WireField.Bytes("thought_signature"));

    private static readonly WireMessage s_content = new(
        "Content",
        WireField.Text("role"),
        WireField.Of("parts", s_part).Repeated());

    private static readonly WireMessage s_imageConfig = new(
        "ImageConfig",
        WireField.Text("aspect_ratio"),
        WireField.Text("image_size"));

    private static readonly WireMessage s_generationConfig = new(
        "GenerationConfig",
        WireField.Number("temperature"),
        WireField.Number("top_p"),
        WireField.Integer("top_k"),
        WireField.Integer("candidate_count"),
        WireField.Integer("max_output_tokens"),
        WireField.Integer("seed"),
        WireField.Number("presence_penalty"),
        WireField.Number("frequency_penalty"),
        WireField.Text("stop_sequences").Repeated(),
        WireField.Choice("response_modalities").Repeated(),
        WireField.Of("image_config", s_imageConfig),
        WireField.Text("response_mime_type"),
        WireField.Any("response_schema"),
        WireField.Any("response_json_schema"),
        WireField.Flag("response_logprobs"),
        WireField.Integer("logprobs"),
        WireField.Flag("enable_enhanced_civic_answers"),
        WireField.Any("speech_config"),
        WireField.Any("thinking_config"),
        WireField.Choice("media_resolution"));

    private static readonly WireMessage s_safetySetting = new(
        "SafetySetting",
        WireField.Choice("category"),
        WireField.Choice("threshold"));

    /// <summary>The request.</summary>
    public static WireMessage Request { get; } = new(
        "GenerateContentRequest",
        WireField.Text("model"),
        WireField.Of("contents", s_content).Repeated(),
        WireField.Of("system_instruction", s_content),
        WireField.Of("generation_config", s_generationConfig),
        WireField.Of("safety_settings", s_safetySetting).Repeated(),
        WireField.Any("tools").Repeated(),
        WireField.Any("tool_config"),
        WireField.Text("cached_content"),
        WireField.Any("labels"));
}
