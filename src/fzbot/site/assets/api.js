// The interface's documents, from the box itself.
window.SwaggerUIBundle({ url: "/api/v1/openapi.json", dom_id: "#documents", validatorUrl: null, deepLinking: true });
