"""Forms of requests, meetings, preparation and agendas."""
