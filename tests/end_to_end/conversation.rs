//! The conversation with an MCP client.
