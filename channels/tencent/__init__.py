"""What WeCom and WeChat have in common: the callbacks' codec, the gate before XML, the transport, its tokens."""
