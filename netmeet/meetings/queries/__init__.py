"""Reading requests, meetings, preparation and agendas."""
